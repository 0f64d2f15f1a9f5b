/** Preparations that leave a layer's float result as it is and make it easier to quantize: scaling and rotating its inputs. */
import type { Layer } from '../layers.js';
import type { Matrix } from '../matrix.js';

/** x′ = x / factor for each input channel, and weights times the factor. */
export interface Smoothing {
  readonly kind: 'smooth';
  readonly factors: Float32Array<ArrayBuffer>;
}

/** Neighbouring inputs, `size` together, times a Hadamard matrix of that size over √size. */
export interface Rotation {
  readonly kind: 'hadamard';
  readonly size: number;
}

export type Prepared = Smoothing | Rotation;

/** Input channels of a layer, those of all groups. */
export function inputChannels({ op, dims, reduction, groups }: Layer): number {
  return op === 'Conv' ? dims[1]! * groups : reduction;
}

/** The input channel that an element of the weights' matrix meets. */
function channelAt(layer: Layer, row: number, column: number): number {
  if (layer.op !== 'Conv') return column;
  const perGroup = layer.dims[1]!;
  const window = layer.reduction / perGroup;
  return Math.floor(row / (layer.rows / layer.groups)) * perGroup + Math.floor(column / window);
}

/**
 * Factors s_j = max|X_j|^α / max|W_j|^(1 − α), which move the difficulty of outlier channels from activations to weights.
 * Source: Xiao et al., "SmoothQuant", arXiv 2211.10438, eq. 4. Channels that are never used keep a factor of 1.
 * @param inputs rows for each group, of calibration data.
 */
export function smoothing(layer: Layer, weights: Matrix, inputs: readonly Matrix[], alpha = 0.5): Smoothing {
  const channels = inputChannels(layer);
  const [ofInputs, ofWeights] = [new Float64Array(channels), new Float64Array(channels)];
  const raise = (peaks: Float64Array, channel: number, value: number): void => {
    peaks[channel] = Math.max(peaks[channel]!, Math.abs(value));
  };
  const perGroup = layer.rows / layer.groups;
  for (const [group, { rows, columns, data }] of inputs.entries()) {
    for (let i = 0; i < rows * columns; i++) raise(ofInputs, channelAt(layer, group * perGroup, i % columns), data[i]!);
  }
  weights.data.forEach((value, i) => {
    raise(ofWeights, channelAt(layer, Math.floor(i / weights.columns), i % weights.columns), value);
  });
  const factors = Float32Array.from(ofInputs, (peak, channel) => {
    const factor = peak ** alpha / ofWeights[channel]! ** (1 - alpha);
    return Number.isFinite(factor) && factor > 0 ? Math.min(1e4, Math.max(1e-4, factor)) : 1;
  });
  return { kind: 'smooth', factors };
}

/** The largest power of two that divides the reduction, or undefined where a rotation makes no sense. */
export function rotationOf(layer: Layer): Rotation | undefined {
  if (layer.op !== 'MatMul' && layer.op !== 'Gemm') return undefined;
  let size = 1;
  while (layer.reduction % (2 * size) === 0 && size < 512) size *= 2;
  return size >= 8 ? { kind: 'hadamard', size } : undefined;
}

/** Weights that meet prepared inputs. */
export function prepareWeights(layer: Layer, { rows, columns, data }: Matrix, prepared: Prepared): Matrix {
  const result = data.slice();
  if (prepared.kind === 'hadamard') {
    // ⟨Hx, Hw⟩ = ⟨x, w⟩, since H is orthogonal.
    rotate(result, prepared.size);
  } else {
    for (let i = 0; i < result.length; i++) {
      result[i]! *= prepared.factors[channelAt(layer, Math.floor(i / columns), i % columns)]!;
    }
  }
  return { rows, columns, data: result };
}

/** Rows of inputs as the prepared weights meet them. @param group of the layer that the rows belong to. */
export function prepareInputs(layer: Layer, { rows, columns, data }: Matrix, prepared: Prepared, group = 0): Matrix {
  const result = data.slice();
  if (prepared.kind === 'hadamard') rotate(result, prepared.size);
  else {
    const first = (group * layer.rows) / layer.groups;
    for (let i = 0; i < result.length; i++) result[i]! /= prepared.factors[channelAt(layer, first, i % columns)]!;
  }
  return { rows, columns, data: result };
}

/**
 * The fast Walsh–Hadamard transform of each stretch of `size` elements, scaled by 1/√size: its own inverse.
 * @param data changed in place; its length a multiple of `size`, a power of two.
 */
export function rotate(data: Float32Array | Float64Array, size: number): void {
  const stretch = new Float64Array(size);
  const scale = 1 / Math.sqrt(size);
  for (let from = 0; from < data.length; from += size) {
    for (let i = 0; i < size; i++) stretch[i] = data[from + i]!;
    for (let half = 1; half < size; half *= 2) {
      for (let i = 0; i < size; i += 2 * half) {
        for (let j = i; j < i + half; j++) {
          const [a, b] = [stretch[j]!, stretch[j + half]!];
          stretch[j] = a + b;
          stretch[j + half] = a - b;
        }
      }
    }
    for (let i = 0; i < size; i++) data[from + i] = stretch[i]! * scale;
  }
}

/** The matrix that `rotate` multiplies by, size × size and symmetric. */
export function hadamardMatrix(size: number): Float32Array<ArrayBuffer> {
  const matrix = new Float32Array(size * size);
  for (let i = 0; i < size; i++) matrix[i * size + i] = 1;
  rotate(matrix, size);
  return matrix;
}
