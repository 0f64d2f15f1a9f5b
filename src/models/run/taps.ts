/** Which elements lie under sliding windows: index tables that convolutions, pooling and their inverses walk. */
import { elementCount } from '../tensor.js';
import { addProduct } from './dense.js';
import { stridesOf } from './shapes.js';
import type { WindowGeometry } from './windows.js';

type Window = Pick<WindowGeometry, 'kernel' | 'strides' | 'dilations' | 'padsBegin'>;

/** How many elements a window has. */
export function tapCount({ kernel }: Pick<WindowGeometry, 'kernel'>): number {
  return elementCount(kernel);
}

/**
 * Flat position in `field` of one tap of each window `from` … `to`, or −1 outside: at · stride + tap · dilation − padding.
 * @param windows how many windows lie along each dimension.
 */
export function tapTable(
  window: Window,
  windows: readonly number[],
  field: readonly number[],
  tap: number,
  from = 0,
  to = elementCount(windows),
): Int32Array {
  const table = new Int32Array(to - from);
  const steps = perDimension(window, windows, field, tap);
  const rank = windows.length;
  const at = coordinates(from, windows);
  for (let i = 0; i < table.length; i++) {
    let position = 0;
    for (let d = 0; d < rank; d++) {
      const step = steps[d]![at[d]!]!;
      if (step < 0) {
        position = -1;
        break;
      }
      position += step;
    }
    table[i] = position;
    for (let d = rank - 1; d >= 0; d--) {
      if (++at[d]! < windows[d]!) break;
      at[d] = 0;
    }
  }
  return table;
}

/** Coordinates of a flat position. */
export function coordinates(flat: number, dims: readonly number[]): number[] {
  let rest = flat;
  const strides = stridesOf(dims);
  return strides.map((stride) => {
    const at = Math.floor(rest / stride);
    rest -= at * stride;
    return at;
  });
}

function perDimension(window: Window, windows: readonly number[], field: readonly number[], tap: number): Int32Array[] {
  const offsets = coordinates(tap, window.kernel);
  const strides = stridesOf(field);
  return windows.map((count, d) =>
    Int32Array.from({ length: count }, (_, i) => {
      const at = i * window.strides[d]! + offsets[d]! * window.dilations[d]! - window.padsBegin[d]!;
      return at >= 0 && at < field[d]! ? at * strides[d]! : -1;
    }),
  );
}

/** A convolution over channels-first data whose channels fall into groups. */
export interface Convolution {
  readonly x: Float64Array;
  /** Spatial sizes of x. */
  readonly input: readonly number[];
  readonly batch: number;
  readonly groups: number;
  /** Channels of x and of the output in each group. */
  readonly inGroup: number;
  readonly outGroup: number;
  /** [groups · outGroup, inGroup, …kernel] */
  readonly weights: Float64Array;
  readonly window: WindowGeometry;
}

/** Elements of the unfolded input that are held at a time: what a second-level cache holds. */
const chunk = 2 ** 17;

/** Adds the convolution to `out`, [batch, groups · outGroup, …output]: windows unfolded into columns, then a matrix product. */
export function addConvolution(conv: Convolution, out: Float64Array): void {
  const { x, input, batch, groups, inGroup, outGroup, weights, window } = conv;
  const taps = tapCount(window);
  const field = elementCount(input);
  const windows = elementCount(window.output);
  const rows = inGroup * taps;
  const least = rows * 64 <= 2 ** 22 ? 64 : 1;
  const width = Math.min(windows, Math.max(least, Math.floor(chunk / Math.max(1, rows))));
  const columns = new Float64Array(rows * width);
  const tables = new Int32Array(taps * width);
  for (let from = 0; from < windows; from += width) {
    const n = Math.min(width, windows - from);
    for (let tap = 0; tap < taps; tap++)
      tables.set(tapTable(window, window.output, input, tap, from, from + n), tap * n);
    for (let group = 0; group < batch * groups; group++) {
      unfold(x, group * inGroup * field, field, inGroup, tables.subarray(0, taps * n), columns);
      const first = (group % groups) * outGroup;
      addProduct({
        a: weights,
        aAt: first * rows,
        b: columns,
        bAt: 0,
        out,
        outAt: group * outGroup * windows + from,
        m: outGroup,
        k: rows,
        n,
        outRow: windows,
      });
    }
  }
}

function unfold(
  x: Float64Array,
  at: number,
  field: number,
  channels: number,
  tables: Int32Array,
  columns: Float64Array,
): void {
  let to = 0;
  for (let channel = 0; channel < channels; channel++) {
    const base = at + channel * field;
    for (let i = 0; i < tables.length; i++) {
      const position = tables[i]!;
      columns[to++] = position < 0 ? 0 : x[base + position]!;
    }
  }
}
