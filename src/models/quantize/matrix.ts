/** Weights as a matrix of output channels × reduction, quantized by rounding to nearest. */
import { QuantizeError } from './errors.js';
import { type Grid, type GroupParameters, gridOf } from './grid.js';
import type { WeightScheme } from './schemes.js';

/** Row-major; row r holds what output channel r multiplies its inputs by. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array<ArrayBuffer>;
}

export interface QuantizedMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly weights: WeightScheme;
  /** rows × columns; −127 … 127 for symmetric INT8, else from 0 up. */
  readonly codes: Int32Array<ArrayBuffer>;
  /** Columns that share a scale; a row's last group may be shorter. */
  readonly groupSize: number;
  /** rows × groups; all equal where one scale serves the tensor. */
  readonly scales: Float32Array<ArrayBuffer>;
  /** rows × groups. */
  readonly zeros: Uint8Array<ArrayBuffer>;
}

/** Columns that share a scale in a matrix of so many columns. */
function groupSizeOf({ granularity, groupSize = 0 }: WeightScheme, columns: number): number {
  return granularity === 'group' ? Math.min(groupSize, columns) : columns;
}

/** Groups of one row. */
export function groupsPerRow({ columns, groupSize }: Pick<QuantizedMatrix, 'columns' | 'groupSize'>): number {
  return Math.ceil(columns / groupSize);
}

/** @throws QuantizeError `non-finite`, naming the place in the matrix. */
export function checkFinite({ columns, data }: Matrix, place: string): void {
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  const where = `channel ${Math.floor(bad / columns)}, position ${bad % columns}`;
  throw new QuantizeError('non-finite', place, `hold ${data[bad]} in ${where}; replace it by a finite number first`);
}

/**
 * Parameters of all groups by round-to-nearest's rule, and codes yet to be set.
 * @throws QuantizeError `non-finite`, naming the place in the matrix.
 */
export function parametersFor(matrix: Matrix, weights: WeightScheme, place = 'Weights'): QuantizedMatrix {
  checkFinite(matrix, place);
  const { rows, columns, data } = matrix;
  const grid = gridOf(weights);
  const groupSize = groupSizeOf(weights, columns);
  const perRow = Math.ceil(columns / groupSize);
  const scales = new Float32Array(rows * perRow);
  const zeros = new Uint8Array(rows * perRow);
  const codes = new Int32Array(rows * columns);
  const whole = weights.granularity === 'tensor' ? grid.parameters(Float64Array.from(data)) : undefined;
  for (let row = 0; row < rows; row++) {
    for (let group = 0; group < perRow; group++) {
      const from = row * columns + group * groupSize;
      const to = Math.min(from + groupSize, (row + 1) * columns);
      const { scale, zero } = whole ?? grid.parameters(Float64Array.from(data.subarray(from, to)));
      scales[row * perRow + group] = scale;
      zeros[row * perRow + group] = zero;
    }
  }
  return { rows, columns, weights, codes, groupSize, scales, zeros };
}

/** Parameters of the group that an element is in. */
export function groupAt(matrix: QuantizedMatrix, row: number, column: number): GroupParameters {
  const index = row * groupsPerRow(matrix) + Math.floor(column / matrix.groupSize);
  return { scale: matrix.scales[index]!, zero: matrix.zeros[index]! };
}

/** Each weight to the nearest value of its group's grid. @throws QuantizeError `non-finite` */
export function roundToNearest(matrix: Matrix, weights: WeightScheme, place?: string): QuantizedMatrix {
  const result = parametersFor(matrix, weights, place);
  const grid = gridOf(weights);
  eachGroup(result, (from, to, parameters) => {
    for (let i = from; i < to; i++) result.codes[i] = grid.encode(matrix.data[i]!, parameters);
  });
  return result;
}

/** The weights that the codes stand for, as f32. */
export function dequantized(matrix: QuantizedMatrix): Matrix {
  const { rows, columns, codes } = matrix;
  const grid: Grid = gridOf(matrix.weights);
  const data = new Float32Array(rows * columns);
  eachGroup(matrix, (from, to, parameters) => {
    for (let i = from; i < to; i++) data[i] = grid.decode(codes[i]!, parameters);
  });
  return { rows, columns, data };
}

function eachGroup(
  matrix: QuantizedMatrix,
  visit: (from: number, to: number, parameters: GroupParameters) => void,
): void {
  const { rows, columns, groupSize, scales, zeros } = matrix;
  const perRow = groupsPerRow(matrix);
  for (let index = 0; index < rows * perRow; index++) {
    const row = Math.floor(index / perRow);
    const from = row * columns + (index % perRow) * groupSize;
    visit(from, Math.min(from + groupSize, (row + 1) * columns), { scale: scales[index]!, zero: zeros[index]! });
  }
}

/** Bytes of the codes, densely packed, with f32 scales, and zero points of the codes' width where the format has them. */
export function packedBytes({
  rows,
  columns,
  weights,
  groupSize,
}: Omit<QuantizedMatrix, 'codes' | 'scales' | 'zeros'>): number {
  const { bits, scaled, zeroed } = gridOf(weights);
  const groups = weights.granularity === 'tensor' ? 1 : rows * Math.ceil(columns / groupSize);
  return (
    Math.ceil((rows * columns * bits) / 8) + (scaled ? 4 * groups : 0) + (zeroed ? Math.ceil((groups * bits) / 8) : 0)
  );
}
