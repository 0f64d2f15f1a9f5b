/** Classes of GPUs with what their makers state: power limit, memory, peak rate; and which adapters belong to them. */
import type { AdapterFacts } from '../../gpu/device.js';
import type { Range } from './model.js';

export type MemoryType = 'HBM2' | 'HBM2E' | 'HBM3' | 'GDDR6' | 'GDDR6X' | 'LPDDR4X' | 'LPDDR5' | 'DDR';

export interface GpuClass {
  readonly id: string;
  readonly title: string;
  /** Board or package power limit, W. */
  readonly limitWatts: Range;
  readonly memory: MemoryType;
  /** Peak f32 multiply-adds per second; left out where the class is too broad, then the measured ceiling is needed. */
  readonly peakFma32?: number;
  /** Last-level cache, MiB; a range where members differ. */
  readonly cacheMiB: { readonly low: number; readonly high: number };
  /** Tested against "vendor architecture description", lower case; the first class that matches is taken. */
  readonly matches: RegExp;
  readonly source: string;
}

const one = (watts: number): Range => ({ low: watts, mid: watts, high: watts });
const span = (low: number, mid: number, high: number): Range => ({ low, mid, high });
const exact = (mebibytes: number) => ({ low: mebibytes, high: mebibytes });

/** Peak rates are half the makers' FLOP/s, which count a multiply-add as two. */
export const gpuClasses: readonly GpuClass[] = [
  {
    id: 'h200-sxm',
    title: 'NVIDIA H200 SXM',
    limitWatts: one(700),
    memory: 'HBM3',
    peakFma32: 33.5e12,
    cacheMiB: exact(50),
    matches: /h200/,
    source: 'NVIDIA H200 data sheet: 700 W, 67 TFLOP/s FP32; L2 as H100',
  },
  {
    id: 'h100-sxm',
    title: 'NVIDIA H100 SXM',
    limitWatts: one(700),
    memory: 'HBM3',
    peakFma32: 33.5e12,
    cacheMiB: exact(50),
    matches: /h100/,
    source: 'NVIDIA H100 data sheet: 700 W, 67 TFLOP/s FP32; Hopper white paper: 50 MB L2',
  },
  {
    id: 'a100-sxm',
    title: 'NVIDIA A100 SXM',
    limitWatts: one(400),
    memory: 'HBM2E',
    peakFma32: 9.75e12,
    cacheMiB: exact(40),
    matches: /a100/,
    source: 'NVIDIA A100 80GB data sheet: 400 W, 19.5 TFLOP/s FP32; 40 MB L2',
  },
  {
    id: 'v100-sxm',
    title: 'NVIDIA V100 SXM2',
    limitWatts: one(300),
    memory: 'HBM2',
    peakFma32: 7.85e12,
    cacheMiB: exact(6),
    matches: /v100/,
    source: 'NVIDIA V100 data sheet: 300 W, 15.7 TFLOP/s FP32; 6 MB L2',
  },
  {
    id: 'rtx-4090',
    title: 'NVIDIA GeForce RTX 4090',
    limitWatts: one(450),
    memory: 'GDDR6X',
    peakFma32: 41.3e12,
    cacheMiB: exact(72),
    matches: /rtx 4090(?! laptop)/,
    source: 'NVIDIA Ada white paper: 450 W, 82.6 TFLOP/s FP32, 72 MB L2',
  },
  {
    id: 'rtx-4070',
    title: 'NVIDIA GeForce RTX 4070',
    limitWatts: one(200),
    memory: 'GDDR6X',
    peakFma32: 14.6e12,
    cacheMiB: exact(36),
    matches: /rtx 4070(?! ?(ti|super|laptop))/,
    source: 'NVIDIA product page: 200 W, 29 TFLOP/s FP32, 36 MB L2',
  },
  {
    id: 'rx-7900-xtx',
    title: 'AMD Radeon RX 7900 XTX',
    limitWatts: one(355),
    memory: 'GDDR6',
    peakFma32: 30.7e12,
    cacheMiB: exact(96),
    matches: /7900 xtx/,
    source: 'AMD product page: 355 W board power, 61.4 TFLOP/s FP32, 96 MB Infinity Cache',
  },
  {
    id: 'apple-m1-max',
    title: 'Apple M1 Max GPU',
    limitWatts: span(35, 47, 60),
    memory: 'LPDDR5',
    peakFma32: 5.2e12,
    cacheMiB: exact(48),
    matches: /m1 max/,
    source: 'Apple: 10.4 TFLOP/s; no power is stated, so about 9 pJ per multiply-add is assumed',
  },
  {
    id: 'nvidia-discrete',
    title: 'NVIDIA card of unknown model',
    limitWatts: span(60, 200, 600),
    memory: 'GDDR6',
    cacheMiB: { low: 2, high: 96 },
    matches: /^nvidia/,
    source: 'data sheets of the GeForce RTX 20 to 50 series: 60 W (laptop) to 600 W',
  },
  {
    id: 'amd-discrete',
    title: 'AMD card of unknown model',
    limitWatts: span(50, 190, 355),
    memory: 'GDDR6',
    cacheMiB: { low: 2, high: 128 },
    matches: /^amd (rdna|gcn-5|cdna)/,
    source: 'AMD product pages of the Radeon RX 5000 to 9000 series: 50 W to 355 W',
  },
  {
    id: 'intel-arc',
    title: 'Intel Arc card',
    limitWatts: span(75, 190, 225),
    memory: 'GDDR6',
    cacheMiB: { low: 4, high: 18 },
    matches: /^intel (xe-hpg|xe2-hpg)/,
    source: 'Intel product pages: Arc A380 75 W, B580 190 W, A770 225 W',
  },
  {
    id: 'intel-integrated',
    title: 'Intel integrated GPU',
    limitWatts: span(6, 15, 45),
    memory: 'LPDDR5',
    cacheMiB: { low: 1, high: 24 },
    matches: /^intel/,
    source: 'Intel processor base powers: 9 W to 45 W for the package; the GPU is a part of it',
  },
  {
    id: 'apple-integrated',
    title: 'Apple M-series GPU of unknown model',
    limitWatts: span(8, 20, 80),
    memory: 'LPDDR5',
    cacheMiB: { low: 8, high: 96 },
    matches: /^apple/,
    source: 'Apple states no power; powermetrics reports from M1 (about 10 W) to M2 Ultra (about 80 W), assumed',
  },
  {
    id: 'mobile',
    title: 'GPU of a phone or tablet',
    limitWatts: span(1.5, 4, 8),
    memory: 'LPDDR5',
    cacheMiB: { low: 1, high: 8 },
    matches: /^(qualcomm|arm|img-tec|samsung|google)/,
    source: 'assumed: what a phone can lose as heat for minutes',
  },
];

/**
 * Picojoules per bit of the memory device alone. GDDR6 7.5, GDDR6X 7.25 and HBM2E 6.0: Micron's technical briefs on GDDR6X.
 * HBM2 and HBM3 are taken as HBM2E. LPDDR and DDR are assumed.
 */
export const picojoulesPerBit: Readonly<Record<MemoryType, number>> = {
  HBM2: 6,
  HBM2E: 6,
  HBM3: 6,
  GDDR6: 7.5,
  GDDR6X: 7.25,
  LPDDR4X: 5,
  LPDDR5: 4.5,
  DDR: 20,
};

/** Why there is no class, or the class. */
export type ClassChoice = { readonly gpuClass: GpuClass } | { readonly refusal: string };

/** @param wanted an id, or `auto` to go by what the adapter tells. */
export function chooseClass(wanted: string, adapter: AdapterFacts): ClassChoice {
  if (adapter.software) {
    return { refusal: 'A software adapter has no GPU power model: it computes on the CPU, so no joules are given.' };
  }
  if (wanted !== 'auto') {
    const named = gpuClasses.find(({ id }) => id === wanted);
    return named
      ? { gpuClass: named }
      : { refusal: `There is no GPU class "${wanted}". "tilewatt energy classes" lists them.` };
  }
  const name = `${adapter.vendor} ${adapter.architecture} ${adapter.description}`.toLowerCase();
  const found = gpuClasses.find(({ matches }) => matches.test(name));
  if (found) return { gpuClass: found };
  return {
    refusal: `No GPU class fits this adapter (${name.trim() || 'it tells no name'}). Choose one by its id: "tilewatt energy classes" lists them.`,
  };
}
