/** Products with pruned weights on the host: an operator of this project's own domain. */
import { elementCount } from '../../tensor.js';
import type { HostOperator } from '../call.js';
import { addProduct, needPatience, needRank, zeros } from '../dense.js';
import { hostTensor } from '../values.js';

/** x[…, k] · Wᵀ with W[n, k] stored densely, zero where it is pruned. */
const prunedMatMul: HostOperator = (call) => {
  const [x, weight] = [call.input(0), call.input(1)];
  needRank(call, 'the weight', weight.dims, 2);
  const [n, k] = weight.dims as readonly [number, number];
  if (x.dims.at(-1) !== k) call.fail('bad-shape', `[${x.dims}] does not meet weights of ${k} inputs`);
  const dims = [...x.dims.slice(0, -1), n];
  const out = zeros(call, dims);
  needPatience(call, out.length * k);
  const columns = new Float64Array(n * k);
  for (let i = 0; i < n; i++) for (let j = 0; j < k; j++) columns[j * n + i] = weight.data[i * k + j]!;
  const m = k === 0 ? 0 : elementCount(x.dims) / k;
  addProduct({ a: x.data, aAt: 0, b: columns, bAt: 0, out, outAt: 0, m, k, n });
  return [hostTensor(x.type, dims, out)];
};

export default { 'tilewatt.PrunedMatMul': prunedMatMul } satisfies Readonly<Record<string, HostOperator>>;
