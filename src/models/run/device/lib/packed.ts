/** Products with packed weights: the weights of a call as kernels bind them, and the kernel of a product's form. */
import { padShape } from '../../../../../shaders/pad/operation.js';
import type { BufferData, Shape } from '../../../../kernel/operation.js';
import type { BufferRef, LowerCall } from '../../lowering.js';
import {
  checkPacked,
  type KernelWeights,
  kernelShape,
  kernelWeights,
  type PackedWeights,
  rowGroups,
} from '../../packed-weights.js';
import type { Place, Steps } from '../../steps.js';
import { int4Rungs } from './int4.js';

/** Best first. */
const rungs: Readonly<Record<string, readonly string[]>> = {
  'gemm-int4': int4Rungs.gemm,
  'gemm-anybit': ['gemm-anybit/direct', 'gemm-anybit/naive'],
  'gemv-int4': int4Rungs.gemv,
  'gemv-anybit': ['gemv-anybit/split-columns', 'gemv-anybit/columns', 'gemv-anybit/naive'],
};

/** Columns of C up to which tiles of the rungs for wide products would be mostly idle. */
const fewColumns = 64;

/** The kernel of C = A · Ŵᵀ: for few columns, as filters are, tiles that are narrow and high. */
function gemmStep(call: LowerCall, operation: string, shape: Sizes, buffers: Readonly<Record<string, BufferRef>>) {
  const tunables = { groupX: shape.n <= 16 ? 4 : 8, threadM: shape.m >= 256 ? 8 : 4 };
  const narrow = shape.n <= fewColumns && call.step([`${operation}/direct`], shape, buffers, tunables);
  return narrow || call.step(rungs[operation]!, shape, buffers);
}

type Sizes = Shape & { readonly m: number; readonly n: number };

/** Constant weights of a call, for any number of products with them. */
export interface PackedOperand {
  /** Rows of W. */
  readonly n: number;
  /** What a row of the left matrix holds: the inputs, and zeros up to whole groups. */
  readonly width: number;
  /** C = A · Ŵᵀ with A of m × width. */
  readonly multiply: (steps: Steps, m: number, a: Place, c: Place) => void;
}

/**
 * Inputs 1 to 3 as packed weights: codes u8[n, …], scales f32[n, groups] and zero points u8[n, groups].
 * @returns a clause on why no kernel takes them.
 * @throws ModelRunError where they do not fit each other.
 */
export function packedOperand(call: LowerCall): PackedOperand | string {
  const fixed = [1, 2, 3].every((i) => call.input(i).constant);
  if (!fixed) return 'its weights are no constants';
  const weights = weightsOf(call);
  checkPacked(call, weights);
  const rows = rowGroups(weights.k, weights.groupSize);
  if (rows === undefined) return `groups of ${weights.groupSize} have no kernel`;
  const { operation, shape } = kernelShape(weights, rows);
  let packed: KernelWeights | undefined;
  const part = (name: 'weights' | 'scales' | 'zeroPoints'): BufferRef => ({
    made: name,
    data: (): BufferData => {
      packed ??= kernelWeights(weights, rows);
      return packed[name];
    },
  });
  const buffers = { weights: part('weights'), scales: part('scales'), zeroPoints: part('zeroPoints') };
  return {
    n: weights.n,
    width: rows.width,
    multiply: (steps, m, a, c) => {
      const one = m === 1 && call.step(rungs[`gemv-${operation}`]!, shape, { x: a.ref, ...buffers, y: c.ref });
      const sizes = { m, n: weights.n, ...shape };
      steps.add(one || gemmStep(call, `gemm-${operation}`, sizes, { A: a.ref, ...buffers, C: c.ref }));
    },
  };
}

function weightsOf(call: LowerCall): PackedWeights {
  const [n = 0, ...rest] = call.input(1).dims;
  const [codes, scales, zeros] = [1, 2, 3].map((i) => call.host(i)!.data) as [Float64Array, Float64Array, Float64Array];
  return {
    ...{ n, k: rest.reduce((all, size) => all * size, 1), codes, scales, zeros },
    ...{ groupSize: call.int('group_size', 0), bits: call.int('bits', 0), encoding: call.int('encoding', -1) },
  };
}

/** Rows of m × k filled up with zeros, or as they are where they are wide enough. */
export function filledUp(steps: Steps, x: Place, m: number, k: number, width: number): Place {
  if (width === k) return x;
  const wide = steps.temp([m, width]);
  steps.run(['pad/naive'], padShape('constant', [m, width], [m, k], [0, 0]), { x: x.ref, y: wide.ref });
  return wide;
}
