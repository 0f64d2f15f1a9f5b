/** Bytes packed four to a word, as the kernels for INT8 layers take them: weights once, activations by a pass before the product. */
import type { Int8ConvShape } from '../../../../../shaders/lib/int8-conv/operation.js';
import { channelsOf, rowSums, wordsOfGroup } from '../../../../../shaders/lib/int8-conv/operation.js';
import { imagesShape, rowsShape } from '../../../../../shaders/pack-int8/operation.js';
import { packAxis } from '../../../../numerics/int8.js';
import type { ElementType } from '../../../tensor.js';
import type { BufferRef, LowerCall } from '../../lowering.js';
import type { Place, Steps } from '../../steps.js';

/** What is taken from codes of a type so that they become signed bytes. */
export function movedBy(type: ElementType): 0 | 128 {
  return type === 'u8' ? 128 : 0;
}

/** Rungs of a convolution, best first: the instruction for four products wins on software adapters too. */
export const convRungs = (operation: string): readonly string[] =>
  ['direct-dot4', 'direct-unpacked'].map((rung) => `${operation}/${rung}`);

/** Rungs of a product, best first. */
export const gemmRungs = (operation: string): readonly string[] =>
  ['direct-dot4', 'direct-polyfill'].map((rung) => `${operation}/${rung}`);

/**
 * Whether weights are constants whose zero points become 0 when they are moved to signed bytes: what the packed kernels take.
 * @param zero input with zero points, undefined where the operator has none.
 */
export function hasPlainWeights(call: LowerCall, weights: number, zero?: number): boolean {
  const { type, constant } = call.input(weights);
  const stated = zero === undefined ? undefined : call.inputs[zero];
  if (!constant || stated?.constant === false) return false;
  if (stated === undefined) return movedBy(type) === 0;
  return call.host(zero!)!.data.every((each) => each === movedBy(type));
}

/** A constant zero point of 0 where none is given. */
export function zeroOr(call: LowerCall, input: number): BufferRef {
  return call.inputs[input] === undefined ? { made: 'zero', data: () => new Int32Array(1) } : { input };
}

interface PackedWeights {
  readonly words: BufferRef;
  readonly sums: BufferRef;
}

/** Filters of a convolution, four channels to a word. */
export function packedFilters(call: LowerCall, weights: number, shape: Int8ConvShape): PackedWeights {
  const axis = channelsOf(shape);
  const inner = shape.kernelHeight * shape.kernelWidth;
  return {
    words: {
      made: 'filters',
      data: () => packAxis(codesOf(call, weights), { outer: shape.filters, axis, inner, words: wordsOfGroup(shape) }),
    },
    sums: { made: 'sums', data: () => rowSums(codesOf(call, weights), shape.filters) },
  };
}

/** Columns of a right matrix, each a row of packed words. @param turned whether the matrix is stored n × k. */
export function packedColumns(call: LowerCall, weights: number, turned = false): PackedWeights {
  const { dims } = call.input(weights);
  const [k, n] = (turned ? dims.toReversed() : dims) as readonly [number, number];
  const columns = (): Int8Array => {
    const codes = codesOf(call, weights);
    if (turned) return codes;
    return Int8Array.from({ length: n * k }, (_, i) => codes[(i % k) * n + Math.floor(i / k)]!);
  };
  return {
    words: { made: 'columns', data: () => packAxis(columns(), rowsShape(n, k, 0)) },
    sums: { made: 'sums', data: () => rowSums(columns(), n) },
  };
}

/** Codes of constant weights, moved to signed bytes. */
function codesOf(call: LowerCall, weights: number): Int8Array {
  const moved = movedBy(call.input(weights).type);
  return Int8Array.from(call.host(weights)!.data, (code) => code - moved);
}

/** What a pass before the product packs: codes that lie in words, or floats with the scale of their codes. */
export interface Unpacked {
  readonly input: number;
  readonly scale?: BufferRef;
  readonly zero: BufferRef;
  readonly moved: 0 | 128;
}

export function packImages(steps: Steps, x: Unpacked, shape: Int8ConvShape): Place {
  const { batch, groups, height, width } = shape;
  return pack(steps, x, imagesShape(batch * groups, channelsOf(shape), height * width, x.moved));
}

export function packRows(steps: Steps, x: Unpacked, rows: number, columns: number): Place {
  return pack(steps, x, rowsShape(rows, columns, x.moved));
}

function pack(steps: Steps, { input, scale, zero }: Unpacked, shape: ReturnType<typeof rowsShape>): Place {
  const y = steps.temp([shape.outer, shape.words, shape.inner]);
  const buffers = { x: { input }, zero, y: y.ref };
  if (scale === undefined) steps.run(['pack-int8/naive'], shape, buffers);
  else steps.run(['quantize-packed/naive'], shape, { ...buffers, scale });
  return y;
}
