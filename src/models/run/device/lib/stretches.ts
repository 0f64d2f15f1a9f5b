/** Matrices that are larger than what one binding may hold, by stretches of their rows. */
import type { BufferRef, LowerCall } from '../../lowering.js';

/** Some rows of the matrices of a product. */
export interface Stretch {
  readonly first: number;
  readonly rows: number;
}

/** Bindings begin at multiples of so many words, whatever a device asks for: 256 bytes is the most that one may. */
const wordsApart = 64;

/** Stretches of one node; more are not worth recording. */
const mostStretches = 1024;

/**
 * Stretches of matrices with m rows, each of which one binding holds and begins where a binding may.
 * @param columns of each matrix.
 * @returns a single stretch where all rows fit; undefined where a matrix is larger than a buffer may be, or a row than a binding.
 */
export function stretchesOf(call: LowerCall, m: number, columns: readonly number[]): readonly Stretch[] | undefined {
  const { maxStorageBufferBindingSize = 0, maxBufferSize = 0 } = call.facts.limits;
  const widest = Math.max(...columns);
  if (4 * m * widest > maxBufferSize) return undefined;
  const most = Math.floor(Math.min(maxStorageBufferBindingSize, maxBufferSize) / (4 * widest));
  if (most >= m) return [{ first: 0, rows: m }];
  const step = Math.max(...columns.map(rowsApart));
  const rows = Math.floor(most / step) * step;
  if (rows === 0 || m / rows > mostStretches) return undefined;
  return Array.from({ length: Math.ceil(m / rows) }, (_, i) => ({
    first: i * rows,
    rows: Math.min(rows, m - i * rows),
  }));
}

/** Rows of so many words after which a binding may begin. */
function rowsApart(columns: number): number {
  let rows = 1;
  while ((rows * columns) % wordsApart !== 0) rows *= 2;
  return rows;
}

/** The same buffer from that word on. */
export function fromWord(ref: BufferRef, words: number): BufferRef {
  return words === 0 ? ref : { ...ref, first: words };
}
