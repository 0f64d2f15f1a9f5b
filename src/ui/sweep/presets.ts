/** The sweeps one asks for most: over size, density and width of weights, at sizes that suit the adapter. */
import type { OperationCard } from '../../worker/api.js';
import { fastestChoice, fastestOf, findKernel, type SweepSettings } from './sweep-settings.js';

export interface SweepPreset {
  readonly id: 'size' | 'density' | 'width';
  readonly title: string;
  readonly about: string;
  readonly settings: SweepSettings;
}

const common = { seed: 1, distribution: 'normal', cache: 'hot', tuned: true } as const;

/** Presets whose kernels the catalogue has; a software adapter gets small sizes. */
export function sweepPresets(catalog: readonly OperationCard[], software: boolean): readonly SweepPreset[] {
  const seconds = software ? 1 : 0.6;
  const all: readonly SweepPreset[] = [
    {
      id: 'size',
      title: 'Size',
      about: 'the rungs of f32 GEMM over square sizes: from which size does each pay?',
      settings: {
        ...common,
        seconds,
        kernels: ['gemm-f32/naive', 'gemm-f32/tiled', 'gemm-f32/blocked', 'gemm-f32/direct'],
        vary: ['m', 'n', 'k'],
        values: software ? [32, 48, 64, 96, 128] : [128, 256, 512, 1024, 2048],
        shape: {},
        baseline: 'gemm-f32/naive',
      },
    },
    {
      id: 'density',
      title: 'Density',
      about: 'sparse rungs from 1 % to 100 % kept against the fastest dense kernel: where do they break even?',
      settings: {
        ...common,
        seconds,
        kernels: ['spmm-csr/wide', 'spmm-bitmap/wide', 'spmm-block/direct'],
        vary: ['densityPerMille'],
        values: [10, 20, 50, 100, 200, 500, 1000],
        shape: { ...square(software ? 256 : 1024), block: 32 },
        baseline: fastestChoice('gemm-f32'),
      },
    },
    {
      id: 'width',
      title: 'Width',
      about:
        'a matrix-vector product with weights of 8 bits down to 1, beside f32, int8 and int4: bytes, time and error',
      settings: {
        ...common,
        seconds,
        kernels: ['gemv-anybit/columns', 'gemv-f32/rows', 'gemm-int8/naive-dot4', 'gemv-int4/columns'],
        vary: ['bits'],
        values: [1, 2, 3, 4, 5, 6, 7, 8],
        shape: {
          m: 1,
          ...(software ? { n: 512, k: 512 } : { n: 4096, k: 4096 }),
          encoding: 1,
          groupSize: 32,
          scheme: 2,
        },
        baseline: 'gemv-f32/rows',
      },
    },
  ];
  return all.flatMap((preset) => {
    const { settings } = preset;
    const kernels = settings.kernels.filter((id) => findKernel(catalog, id));
    const rival = fastestOf(settings.baseline);
    const baseline = rival ? catalog.some(({ id }) => id === rival) : kernels.includes(settings.baseline);
    return kernels.length > 0 && baseline ? [{ ...preset, settings: { ...settings, kernels } }] : [];
  });
}

function square(size: number) {
  return { m: size, n: size, k: size };
}
