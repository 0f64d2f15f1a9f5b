/** Weights of a layer as a matrix of output channels × reduction, and back into the layout of their tensor. */
import { intOf } from '../graph.js';
import { typedArrayOf } from '../values.js';
import { QuantizeError } from './errors.js';
import type { Layer } from './layers.js';
import type { Matrix } from './matrix.js';

/** How rows and columns of the matrix lie in the tensor: index = base of the row + offset of the column. */
interface Layout {
  readonly base: (row: number) => number;
  readonly offset: (column: number) => number;
}

type Shaped = Pick<Layer, 'op' | 'node' | 'dims' | 'rows' | 'reduction' | 'groups'>;

/** Whether the tensor is the matrix, row by row, so that groups along the reduction are neighbours in memory. */
export function isRowMajor({ op, node }: Pick<Layer, 'op' | 'node'>): boolean {
  return op === 'Conv' || op === 'Gather' || (op === 'Gemm' && intOf(node, 'transB', 0) !== 0);
}

function layoutOf(layer: Shaped): Layout {
  const { op, dims, rows, reduction, groups } = layer;
  if (isRowMajor(layer)) return { base: (row) => row * reduction, offset: (column) => column };
  if (op === 'ConvTranspose') {
    const channels = dims[1]!;
    const area = dims.slice(2).reduce((product, size) => product * size, 1);
    const perGroup = dims[0]! / groups;
    return {
      base: (row) => (Math.floor(row / channels) * perGroup * channels + (row % channels)) * area,
      offset: (column) => Math.floor(column / area) * channels * area + (column % area),
    };
  }
  const width = op === 'Gemm' ? rows : dims.at(-1)!;
  return {
    base: (row) => Math.floor(row / width) * reduction * width + (row % width),
    offset: (column) => column * width,
  };
}

/** @throws QuantizeError where the weights are not f32. */
export function rowsOf(layer: Layer): Matrix {
  const { weight, rows, reduction: columns } = layer;
  const { type } = weight;
  if (type !== 'f32')
    throw new QuantizeError('bad-value', `Layer "${layer.name}"`, `has ${type} weights; f32 is quantized`);
  const values = typedArrayOf({ ...weight, type });
  const data = new Float32Array(rows * columns);
  eachElement(layer, (at, place) => {
    data[at] = values[place]!;
  });
  return { rows, columns, data };
}

/** Elements of a matrix, of any typed array, in the order of the layer's tensor. */
export function inLayout<T extends Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>>(layer: Shaped, elements: T): T {
  const result = elements.slice() as T;
  eachElement(layer, (at, place) => {
    result[place] = elements[at]!;
  });
  return result;
}

function eachElement(layer: Shaped, visit: (at: number, place: number) => void): void {
  const { rows, reduction } = layer;
  const { base, offset } = layoutOf(layer);
  const offsets = Float64Array.from({ length: reduction }, (_, column) => offset(column));
  for (let row = 0; row < rows; row++) {
    const from = base(row);
    for (let column = 0; column < reduction; column++) visit(row * reduction + column, from + offsets[column]!);
  }
}
