/** One piece of work with its inputs, so that everyone computes the same numbers and is held against the same answer. */
import { createProblem, type Problem, type ProblemOptions } from '../../../src/bench/problem.js';
import type { Verification } from '../../../src/bench/results.js';
import { ladders } from '../../../src/kernel/catalog.js';
import type { Buffers, Operation, Reference } from '../../../src/kernel/operation.js';
import { compare } from '../../../src/numerics/compare.js';
import { dequantizeInt4, type Int4Matrix, quantizeInt4 } from '../../../src/numerics/int4.js';
import { fromMatMulNBits, type MatMulNBitsWeights, packInt4 } from '../../../src/numerics/int4-layout.js';
import type { Random } from '../../../src/numerics/random.js';
import { transpose } from '../../../src/numerics/transpose.js';
import { toMatMulNBits } from './weights.js';
import { roundsA, shapeOf, type Work } from './works.js';

export interface Task {
  readonly work: Work;
  /** m × k, row-major. */
  readonly a: Float32Array<ArrayBuffer>;
  /** f32: k × n, row-major. int4: the tensors of MatMulNBits, the same ones that our buffers were packed from. */
  readonly b: Float32Array<ArrayBuffer> | MatMulNBitsWeights;
  /** The problem as kernels of an operation bind it. */
  readonly problemFor: (operation: string) => Promise<Problem>;
  /** Holds an output, m × n, against the work's exact answer. */
  readonly judge: (output: ArrayLike<number>) => { readonly right: boolean; readonly verification: Verification };
  readonly destroy: () => void;
}

export async function createTask(device: GPUDevice, work: Work, options: ProblemOptions): Promise<Task> {
  let weights: MatMulNBitsWeights | undefined;
  const operation = operationOf(work.operation);
  const imported: Operation =
    work.operation === 'gemm-f32'
      ? operation
      : { ...operation, inputs: (_, random) => importWeights(work, random, (found) => (weights = found)) };
  const problem = await createProblem(device, imported, shapeOf(work), options);
  const problems = new Map([[work.operation as string, problem]]);
  const a = (problem.inputs.A ?? problem.inputs.x) as Float32Array<ArrayBuffer>;
  const b = weights ?? (problem.inputs.B as Float32Array<ArrayBuffer>);
  const expected = roundsA(work) ? withRoundedA(problem, a, fromMatMulNBits(weights!)) : problem.references[0]!;
  return {
    work,
    a,
    b,
    async problemFor(id) {
      const known = problems.get(id);
      if (known) return known;
      if (id !== 'gemv-f32') throw new TypeError(`${work.operation} has no other form in ${id}`);
      const { n, k } = work.sizes;
      // The same weights stored by outputs, as gemv-f32 wants them.
      const inputs = (): Buffers => ({ W: transpose(b as Float32Array, k, n), x: a });
      const made = await createProblem(device, { ...operationOf(id), inputs }, { n, k }, options);
      problems.set(id, made);
      return made;
    },
    judge(output) {
      const { right, elements, worst, first } = compare(output, expected);
      const of = work.sizes.m * work.sizes.n;
      const verification = { elements, of, worst: Math.min(worst, Number.MAX_VALUE), ...(first ? { first } : {}) };
      return { right: right && output.length === of, verification };
    },
    destroy() {
      for (const made of problems.values()) made.destroy();
    },
  };
}

/** Room for the scale of a block, itself rounded to f32, and for a tie that goes the other way. */
const slack = 1 + 2 ** -10;

/**
 * The exact product of A as it is, where each element may be off by half a step of 8 bits: |Δa| ≤ max|row| / 254 for every
 * symmetric rounding by blocks of a row, whatever their length. So |ΔC[i][j]| ≤ max|row i| / 254 · Σ|Ŵ[j]|, on top of what
 * the summing in f32 may lose. Our own kernels are held against the exact answer for their very rounding.
 */
function withRoundedA(problem: Problem, a: Float32Array, matrix: Int4Matrix): Reference {
  const { shape, references } = problem;
  const { rows, columns } = references[0]!;
  const plain = operationOf('gemm-int4').reference(problem.inputs, shape, () => rows)[0]!;
  const weights = dequantizeInt4(matrix);
  const { k } = matrix;
  const sums = Float64Array.from({ length: columns }, (_, j) => folded(weights, j * k, k, (sum, one) => sum + one));
  const largest = Float64Array.from(rows, (row) => folded(a, row * k, k, Math.max));
  const bounds = plain.bounds.map(
    (bound, at) => bound + (slack * largest[Math.floor(at / columns)]! * sums[at % columns]!) / 254,
  );
  return { ...plain, bounds };
}

/** Over the magnitudes of a stretch of values. */
function folded(
  values: ArrayLike<number>,
  from: number,
  count: number,
  fold: (all: number, one: number) => number,
): number {
  let all = 0;
  for (let i = from; i < from + count; i++) all = fold(all, Math.abs(values[i]!));
  return all;
}

function operationOf(id: string): Operation {
  return ladders.get(id)!.operation;
}

/** Weights drawn as the operation would, quantized, stored as MatMulNBits does, and imported from there. */
function importWeights(
  { operation, sizes: { m, n, k } }: Work,
  random: Random,
  keep: (weights: MatMulNBitsWeights) => void,
): Buffers {
  const a = random.values(m * k);
  const matrix = quantizeInt4(random.values(n * k), { n, k, groupSize: 32, scheme: 'symmetric' });
  const weights = toMatMulNBits(matrix);
  keep(weights);
  const { words, scales } = packInt4(fromMatMulNBits(weights));
  return { [operation === 'gemv-int4' ? 'x' : 'A']: a, weights: words, scales, zeroPoints: new Uint32Array(1) };
}
