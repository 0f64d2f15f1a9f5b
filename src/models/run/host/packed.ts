/** Products with packed weights on the host: an operator of this project's own domain. */
import { elementCount } from '../../tensor.js';
import type { HostCall, HostOperator } from '../call.js';
import { addProduct } from '../dense.js';
import { checkPacked, type PackedWeights, unpackedColumns } from '../packed-weights.js';
import { hostTensor } from '../values.js';

function weightsOf(call: HostCall): PackedWeights {
  const [codes, scales, zeros] = [call.input(1), call.input(2), call.input(3)];
  const [n = 0, k = 0] = codes.dims;
  const weights: PackedWeights = {
    n,
    k,
    groupSize: call.int('group', 0),
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

export default { 'tilewatt.QuantizedMatMul': quantizedMatMul } satisfies Readonly<Record<string, HostOperator>>;
