/** Products with packed weights on the kernels of their formats. */
import { elementCount } from '../../tensor.js';
import type { Lower, LowerCall, Lowering } from '../lowering.js';
import {
  checkPacked,
  type KernelWeights,
  kernelGroup,
  kernelShape,
  kernelWeights,
  type PackedWeights,
} from '../packed-weights.js';
import { int4Rungs } from './lib/int4.js';

/** Best first. */
const rungs: Readonly<Record<string, readonly string[]>> = {
  'gemm-int4': int4Rungs.gemm,
  'gemm-anybit': ['gemm-anybit/direct', 'gemm-anybit/naive'],
  'gemv-int4': int4Rungs.gemv,
  'gemv-anybit': ['gemv-anybit/split-columns', 'gemv-anybit/columns', 'gemv-anybit/naive'],
};

function product(call: LowerCall, weights: PackedWeights): Lowering | string {
  const a = call.input(0);
  if (!call.is(0, 'f32')) return `${a.type} is not multiplied on the device`;
  const { n, k } = weights;
  if (a.dims.at(-1) !== k) call.fail('bad-shape', `[${a.dims}] does not meet weights of ${k} inputs`);
  const group = kernelGroup(k, weights.groupSize);
  if (group === undefined) return `groups of ${weights.groupSize} in ${k} inputs have no kernel`;
  const dims = [...a.dims.slice(0, -1), n];
  const m = elementCount(a.dims) / k;
  if (m === 0) return 'it is empty';
  const { operation, shape } = kernelShape(weights, group);
  let packed: KernelWeights | undefined;
  const part = (name: 'weights' | 'scales' | 'zeroPoints') => ({
    made: name,
    data: () => {
      packed ??= kernelWeights(weights, group);
      return packed[name];
    },
  });
  const packedBuffers = { weights: part('weights'), scales: part('scales'), zeroPoints: part('zeroPoints') };
  const one =
    m === 1 && call.step(rungs[`gemv-${operation}`]!, shape, { x: { input: 0 }, ...packedBuffers, y: { output: 0 } });
  const step =
    one ||
    call.step(rungs[`gemm-${operation}`]!, { m, ...shape }, { A: { input: 0 }, ...packedBuffers, C: { output: 0 } });
  if (step === undefined) return 'no kernel can run it here';
  return { outputs: [{ type: a.type, dims }], steps: [step] };
}

/** Why inputs from the second on are no fixed weights, or undefined. */
function loose(call: LowerCall): string | undefined {
  return call.inputs.slice(1).every((input) => input === undefined || input.constant)
    ? undefined
    : 'its weights are no constants';
}

const quantizedMatMul: Lower = (call) => {
  const reason = loose(call);
  if (reason !== undefined) return reason;
  const [n = 0, k = 0] = call.input(1).dims;
  const [codes, scales, zeros] = [1, 2, 3].map((i) => call.host(i)?.data ?? new Float64Array()) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const [groupSize, bits, encoding] = [call.int('group', 0), call.int('bits', 0), call.int('encoding', -1)];
  const weights: PackedWeights = { n, k, groupSize, bits, encoding, codes, scales, zeros };
  checkPacked(call, weights);
  return product(call, weights);
};

export default { 'tilewatt.QuantizedMatMul': quantizedMatMul } satisfies Readonly<Record<string, Lower>>;
