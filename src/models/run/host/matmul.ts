/** Matrix products: batched and broadcast, with vectors, and the general form with scales and a bias. */
import { elementCount } from '../../tensor.js';
import type { HostCall, HostOperator } from '../call.js';
import { addProduct, flipped, needPatience, needRank, positions, spread, zeros } from '../dense.js';
import { broadcastDims, broadcastStrides } from '../shapes.js';
import { type HostTensor, hostTensor } from '../values.js';

/**
 * a · b as NumPy's `matmul`: vectors count as one row or one column, dimensions before the last two broadcast.
 * @throws ModelRunError where the inner sizes differ.
 */
export function matmul(call: HostCall, a: HostTensor, b: HostTensor): HostTensor {
  needRank(call, 'the first operand', a.dims, 1, Number.POSITIVE_INFINITY);
  needRank(call, 'the second operand', b.dims, 1, Number.POSITIVE_INFINITY);
  const left = a.dims.length === 1 ? [1, ...a.dims] : a.dims;
  const right = b.dims.length === 1 ? [...b.dims, 1] : b.dims;
  const [m, k] = left.slice(-2) as [number, number];
  const [inner, n] = right.slice(-2) as [number, number];
  if (k !== inner) return call.fail('bad-shape', `[${a.dims}] and [${b.dims}] have no common inner size`);
  const batch = broadcastDims(call, left.slice(0, -2), right.slice(0, -2));
  const dims = [...batch, ...(a.dims.length === 1 ? [] : [m]), ...(b.dims.length === 1 ? [] : [n])];
  const out = zeros(call, dims);
  needPatience(call, out.length * k);
  const [as, bs] = [left, right].map((each) => positions(batch, broadcastStrides(each.slice(0, -2), batch)));
  for (let i = 0; i < elementCount(batch); i++) {
    const [aAt, bAt] = [as![i]! * m * k, bs![i]! * k * n];
    addProduct({ a: a.data, aAt, b: b.data, bAt, out, outAt: i * m * n, m, k, n });
  }
  return hostTensor(a.type, dims, out);
}

/** The tensor with its last two dimensions exchanged; a vector stays as it is. */
export function transposeLast(x: HostTensor): HostTensor {
  if (x.dims.length < 2) return x;
  const [rows, columns] = x.dims.slice(-2) as [number, number];
  const data = new Float64Array(x.data.length);
  for (let at = 0; at < data.length; at += rows * columns) data.set(flipped(x.data, rows, columns, at), at);
  return { ...x, dims: [...x.dims.slice(0, -2), columns, rows], data };
}

/** α·A'·B' + β·C. C broadcasts; before operator set 7 only where `broadcast` says so, which no valid model needs to tell. */
const gemm: HostOperator = (call) => {
  const [a, b, c] = [call.input(0), call.input(1), call.optional(2)];
  needRank(call, 'A', a.dims, 2);
  needRank(call, 'B', b.dims, 2);
  const left = call.int('transA', 0) !== 0 ? transposeLast(a) : a;
  const right = call.int('transB', 0) !== 0 ? transposeLast(b) : b;
  const result = matmul(call, left, right);
  scale(result.data, call.float('alpha', 1));
  if (c === undefined) return [result];
  const beta = call.float('beta', 1);
  const dims = broadcastDims(call, c.dims, result.dims);
  if (dims.length !== 2 || dims.some((size, i) => size !== result.dims[i])) {
    return call.fail('bad-shape', `C [${c.dims}] does not broadcast to [${result.dims}]`);
  }
  const bias = spread(c, result.dims);
  for (let i = 0; i < bias.length; i++) result.data[i]! += beta * bias[i]!;
  return [result];
};

function scale(data: Float64Array, factor: number): void {
  if (factor !== 1) for (let i = 0; i < data.length; i++) data[i]! *= factor;
}

/** The batch dimension before the matrix: `transBatch*` moves the first dimension to the place before the last. */
function unbatched(x: HostTensor): HostTensor {
  const { dims } = x;
  if (dims.length < 3) return x;
  const [first, ...others] = dims as [number, ...number[]];
  const middle = others.slice(0, -1);
  const last = others.at(-1)!;
  const rows = elementCount(middle);
  const data = new Float64Array(x.data.length);
  for (let i = 0; i < first; i++) {
    for (let j = 0; j < rows; j++) {
      const from = (i * rows + j) * last;
      data.set(x.data.subarray(from, from + last), (j * first + i) * last);
    }
  }
  return { ...x, dims: [...middle, first, last], data };
}

/** Source: com.microsoft.FusedMatMul in ONNX Runtime's ContribOperators.md. */
const fusedMatMul: HostOperator = (call) => {
  const prepare = (i: number, side: 'A' | 'B'): HostTensor => {
    const batched = call.int(`transBatch${side}`, 0) !== 0 ? unbatched(call.input(i)) : call.input(i);
    return call.int(`trans${side}`, 0) !== 0 ? transposeLast(batched) : batched;
  };
  const result = matmul(call, prepare(0, 'A'), prepare(1, 'B'));
  scale(result.data, call.float('alpha', 1));
  return [result];
};

export default {
  MatMul: (call) => [matmul(call, call.input(0), call.input(1))],
  Gemm: gemm,
  'com.microsoft.FusedMatMul': fusedMatMul,
} satisfies Readonly<Record<string, HostOperator>>;
