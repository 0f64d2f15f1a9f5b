/** Products and convolutions with packed weights on the host: operators of this project's own domain. */
import { elementCount } from '../../tensor.js';
import type { HostCall, HostOperator } from '../call.js';
import { addProduct } from '../dense.js';
import { checkPacked, type PackedWeights, unpackedColumns, unpackedRows } from '../packed-weights.js';
import { hostTensor } from '../values.js';
import { addBias, convolve } from './conv.js';

function weightsOf(call: HostCall): PackedWeights {
  const [codes, scales, zeros] = [call.input(1), call.input(2), call.input(3)];
  const [n = 0, ...row] = codes.dims;
  const weights: PackedWeights = {
    n,
    k: elementCount(row),
    groupSize: call.int('group_size', 0),
    bits: call.int('bits', 0),
    encoding: call.int('encoding', -1),
    codes: codes.data,
    scales: scales.data,
    zeros: zeros.data,
  };
  checkPacked(call, weights);
  return weights;
}

/** x[…, k] · Ŵᵀ, Ŵ[n, k] from codes u8[n, k], scales f32[n, groups] and zero points u8[n, groups]. */
const quantizedMatMul: HostOperator = (call) => {
  const x = call.input(0);
  const weights = weightsOf(call);
  const { n, k } = weights;
  if (x.dims.at(-1) !== k) call.fail('bad-shape', `[${x.dims}] does not meet weights of ${k} inputs`);
  const dims = [...x.dims.slice(0, -1), n];
  const out = new Float64Array(elementCount(dims));
  addProduct({ a: x.data, aAt: 0, b: unpackedColumns(weights), bAt: 0, out, outAt: 0, m: x.data.length / k, k, n });
  return [hostTensor(x.type, dims, out)];
};

/** As Conv of one group, the filters from codes u8[n, channels, …]; the bias is input 4. */
const quantizedConv: HostOperator = (call) => {
  const filters = hostTensor('f32', call.input(1).dims, unpackedRows(weightsOf(call)));
  const result = convolve(call, call.input(0), filters);
  addBias(call, result.data, result.dims, call.optional(4));
  return [result];
};

export default {
  'tilewatt.QuantizedMatMul': quantizedMatMul,
  'tilewatt.QuantizedConv': quantizedConv,
} satisfies Readonly<Record<string, HostOperator>>;
