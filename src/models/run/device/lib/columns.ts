/** A product with a weight that is larger than one buffer of this device may be: its columns in parts, each in a buffer of its own. */
import type { BmmShape } from '../../../../../shaders/bmm-f32/operation.js';
import type { BufferRef, LowerCall, LoweredOutput, Lowering } from '../../lowering.js';
import { Steps } from '../../steps.js';
import { multiply, type Product } from './product.js';

/**
 * @param product of input 0 with input 1, and input 2 as its bias.
 * @returns undefined where the weight is not what is too large, or is none.
 */
export function multiplyByColumns(
  call: LowerCall,
  { shape, a, bias, c }: Product,
  output: LoweredOutput,
): Lowering | undefined {
  const { m, n, k } = shape;
  const { maxStorageBufferBindingSize = 0, maxBufferSize = 0 } = call.facts.limits;
  const fitting = Math.floor(Math.min(maxStorageBufferBindingSize, maxBufferSize) / (4 * k));
  if (shape.batches !== 1 || !call.input(1).constant || fitting < 1 || fitting >= n) return undefined;
  const row = shape.bias === 3;
  if (shape.bias > 4 || (row && call.inputs[2]?.constant !== true)) return undefined;
  const steps = new Steps(call);
  const width = Math.ceil(n / Math.ceil(n / fitting));
  for (let from = 0; from < n; from += width) {
    const columns = Math.min(width, n - from);
    const part = steps.temp([m, columns]);
    const own = bias && (row ? biasOf(call, from, columns) : bias);
    const b = columnsOf(call, shape, from, columns);
    steps.add(multiply(call, { shape: { ...shape, n: columns }, a, b, c: part.ref, ...(own ? { bias: own } : {}) }));
    const place = { first: from, steps: [n, 1] };
    steps.copy(part, { steps: [columns, 1] }, { ref: c, dims: [m, n] }, place, part.dims);
  }
  const lowering = steps.end([output]);
  return typeof lowering === 'string' ? undefined : lowering;
}

/** Columns of the weight, laid out as the whole is. */
function columnsOf(call: LowerCall, { n, k, transB }: BmmShape, from: number, columns: number): BufferRef {
  const data = (): Float32Array<ArrayBuffer> => {
    const values = call.host(1)!.data;
    if (transB === 2) return Float32Array.from(values.subarray(from * k, (from + columns) * k));
    const out = new Float32Array(k * columns);
    for (let i = 0; i < k; i++) out.set(values.subarray(i * n + from, i * n + from + columns), i * columns);
    return out;
  };
  return { made: `columns from ${from}`, data };
}

function biasOf(call: LowerCall, from: number, columns: number): BufferRef {
  const data = () => Float32Array.from(call.host(2)!.data.subarray(from, from + columns));
  return { made: `bias from ${from}`, data };
}
