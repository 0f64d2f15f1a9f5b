/** One piece of work with its inputs, so that everyone computes the same numbers and is held against the same answer. */
import { createProblem, type Problem, type ProblemOptions } from '../../../src/bench/problem.js';
import type { Verification } from '../../../src/bench/results.js';
import { ladders } from '../../../src/kernel/catalog.js';
import type { Buffers, Operation } from '../../../src/kernel/operation.js';
import { compare } from '../../../src/numerics/compare.js';
import { quantizeInt4 } from '../../../src/numerics/int4.js';
import { fromMatMulNBits, type MatMulNBitsWeights, packInt4 } from '../../../src/numerics/int4-layout.js';
import type { Random } from '../../../src/numerics/random.js';
import { transpose } from '../../../src/numerics/transpose.js';
import { toMatMulNBits } from './weights.js';
import { shapeOf, type Work } from './works.js';

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
  const [reference] = problem.references;
  const a = (problem.inputs.A ?? problem.inputs.x) as Float32Array<ArrayBuffer>;
  const b = weights ?? (problem.inputs.B as Float32Array<ArrayBuffer>);
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
      const { right, elements, worst, first } = compare(output, reference!);
      const of = work.sizes.m * work.sizes.n;
      const verification = { elements, of, worst: Math.min(worst, Number.MAX_VALUE), ...(first ? { first } : {}) };
      return { right: right && output.length === of, verification };
    },
    destroy() {
      for (const made of problems.values()) made.destroy();
    },
  };
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
