/** Magnitude pruning: which weights to keep for an exact count, for N:M groups, or for an exact number of blocks. */
import { SparseFormatError } from './format-error.js';
import type { Mask, Size } from './mask.js';

/** N:M sparsity: at most `keep` (N) of every `group` (M) consecutive columns. */
export interface Groups {
  readonly keep: number;
  readonly group: number;
}

/**
 * How many of `total` remain at a density given in thousandths, rounded to the nearest.
 * @throws SparseFormatError for a density that is not in 0 … 1000.
 */
export function countAtDensity(total: number, perMille: number): number {
  if (!(perMille >= 0 && perMille <= 1000)) {
    throw new SparseFormatError(`A density of ${perMille} per mille is impossible: choose 1 … 1000.`);
  }
  return Math.round((total * perMille) / 1000);
}

/** Keeps exactly `count` values of the largest magnitude; of equal ones, those that come first. */
export function keepLargest(values: Float32Array, count: number): Mask {
  const mask = new Uint8Array(values.length);
  if (count <= 0) return mask;
  if (count >= values.length) return mask.fill(1);
  const bits = magnitudeBits(values);
  const { threshold, ties } = selectThreshold(bits, count);
  let left = ties;
  for (let i = 0; i < bits.length; i++) {
    if (bits[i]! > threshold) mask[i] = 1;
    else if (bits[i] === threshold && left-- > 0) mask[i] = 1;
  }
  return mask;
}

/** Keeps the largest `keep` of every `group` consecutive columns, row by row; a last group may be shorter. */
export function keepGroups(dense: Float32Array, size: Size, groups: Groups): Mask {
  return keepVectorGroups(dense, size, groups, 1);
}

/** Like `keepGroups`, but `height` rows choose together, by the energy Σw² of their part of each column. */
export function keepVectorGroups(dense: Float32Array, size: Size, { keep, group }: Groups, height: number): Mask {
  const { rows, columns } = size;
  const mask = new Uint8Array(rows * columns);
  for (let top = 0; top < rows; top += height) {
    const bottom = Math.min(top + height, rows);
    for (let left = 0; left < columns; left += group) {
      const energies = new Float64Array(Math.min(group, columns - left));
      for (let row = top; row < bottom; row++) {
        for (let i = 0; i < energies.length; i++) energies[i]! += dense[row * columns + left + i]! ** 2;
      }
      for (const i of takeLargest(energies, keep)) {
        for (let row = top; row < bottom; row++) mask[row * columns + left + i] = 1;
      }
    }
  }
  return mask;
}

/** Keeps exactly `count` blocks of `block × block` with the largest energy Σw²; blocks at the edges may be cut off. */
export function keepBlocks(dense: Float32Array, { rows, columns }: Size, block: number, count: number): Mask {
  const across = Math.ceil(columns / block);
  const energies = new Float32Array(Math.ceil(rows / block) * across);
  const blockOf = (row: number, column: number): number =>
    Math.floor(row / block) * across + Math.floor(column / block);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      energies[blockOf(row, column)]! += dense[row * columns + column]! ** 2;
    }
  }
  const kept = keepLargest(energies, count);
  const mask = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) mask[row * columns + column] = kept[blockOf(row, column)]!;
  }
  return mask;
}

/** Indices of the `count` largest values ≥ 0; of equal ones, those that come first. Overwrites the values it takes. */
function takeLargest(values: Float64Array, count: number): number[] {
  const taken: number[] = [];
  while (taken.length < Math.min(count, values.length)) {
    let best = 0;
    for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
    values[best] = -1;
    taken.push(best);
  }
  return taken;
}

/** Magnitudes as integers that order the same way. */
function magnitudeBits(values: Float32Array): Uint32Array {
  const copy = Float32Array.from(values);
  return new Uint32Array(copy.buffer).map((word) => word & 0x7fff_ffff);
}

/** The `count`-th largest word, and how many words equal to it belong to the largest `count`; two radix passes. */
function selectThreshold(bits: Uint32Array, count: number): { threshold: number; ties: number } {
  const high = new Uint32Array(0x8000);
  for (const word of bits) high[word >>> 16]!++;
  const upper = descend(high, count);
  const low = new Uint32Array(0x1_0000);
  for (const word of bits) if (word >>> 16 === upper.bin) low[word & 0xffff]!++;
  const lower = descend(low, upper.left);
  return { threshold: upper.bin * 0x1_0000 + lower.bin, ties: lower.left };
}

/** The bin where the `count`-th largest lies, and how many of that bin are wanted. */
function descend(histogram: Uint32Array, count: number): { bin: number; left: number } {
  let left = count;
  let bin = histogram.length - 1;
  while (histogram[bin]! < left) left -= histogram[bin--]!;
  return { bin, left };
}
