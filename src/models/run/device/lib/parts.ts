/** A product whose matrices are larger than what this device binds at once: by stretches of rows, and by columns of the weight. */
import type { BmmShape } from '../../../../../shaders/bmm-f32/operation.js';
import type { BufferRef, LowerCall, LoweredOutput, Lowering } from '../../lowering.js';
import { Steps } from '../../steps.js';
import { multiply, type Product } from './product.js';
import { fromWord, type Stretch, stretchesOf } from './stretches.js';

/**
 * @param product of input 0 with input 1, and input 2 as its bias.
 * @returns undefined where no parts of it fit either.
 */
export function multiplyInParts(call: LowerCall, product: Product, output: LoweredOutput): Lowering | undefined {
  const { m, n, k, bias, batches, transA } = product.shape;
  if (batches !== 1) return undefined;
  // Rows of a turned matrix lie apart; rows of a column of biases are single words.
  const whole = transA !== 1 || bias === 4;
  const stretches = whole ? [{ first: 0, rows: m }] : stretchesOf(call, m, bias === 5 ? [k, n, n] : [k, n]);
  if (stretches === undefined) return undefined;
  const steps = new Steps(call);
  const portions = columnPortions(call, product.shape);
  if (portions === undefined) return undefined;
  for (const stretch of stretches) {
    if (portions.length === 1) steps.add(multiply(call, ofRows(product, stretch)));
    else for (const columns of portions) multiplyColumns(call, steps, ofRows(product, stretch), columns);
  }
  const lowering = steps.end([output]);
  return typeof lowering === 'string' ? undefined : lowering;
}

/** The part of a product that makes some rows. */
function ofRows(product: Product, { first, rows: m }: Stretch): Product {
  const { shape, a, bias, c } = product;
  const own = bias && (shape.bias === 5 ? fromWord(bias, first * shape.n) : bias);
  const shifted = { ...product, a: fromWord(a, first * shape.k), c: fromWord(c, first * shape.n) };
  return { ...shifted, shape: { ...shape, m }, ...(own ? { bias: own } : {}) };
}

interface Columns {
  readonly first: number;
  readonly count: number;
}

/** Columns of the weight that one buffer holds; undefined where it is no constant that could be cut. */
function columnPortions(call: LowerCall, { n, k, bias }: BmmShape): readonly Columns[] | undefined {
  const { maxStorageBufferBindingSize = 0, maxBufferSize = 0 } = call.facts.limits;
  const fitting = Math.floor(Math.min(maxStorageBufferBindingSize, maxBufferSize) / (4 * k));
  if (fitting >= n) return [{ first: 0, count: n }];
  if (!call.input(1).constant || fitting < 1 || bias > 4) return undefined;
  if (bias === 3 && call.inputs[2]?.constant !== true) return undefined;
  const width = Math.ceil(n / Math.ceil(n / fitting));
  return Array.from({ length: Math.ceil(n / width) }, (_, i) => ({
    first: i * width,
    count: Math.min(width, n - i * width),
  }));
}

/** Some columns in a buffer of their own, moved to where they belong. */
function multiplyColumns(
  call: LowerCall,
  steps: Steps,
  { shape, a, bias, c }: Product,
  { first, count }: Columns,
): void {
  const { m, n } = shape;
  const part = steps.temp([m, count]);
  const own = bias && (shape.bias === 3 ? biasOf(call, first, count) : bias);
  const b = columnsOf(call, shape, first, count);
  steps.add(multiply(call, { shape: { ...shape, n: count }, a, b, c: part.ref, ...(own ? { bias: own } : {}) }));
  const place = { first, steps: [n, 1] };
  steps.copy(part, { steps: [count, 1] }, { ref: c, dims: [m, n] }, place, part.dims);
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
