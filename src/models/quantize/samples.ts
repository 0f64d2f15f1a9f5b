/** Rows of inputs that a layer's weights meet: what error feedback and bias correction learn from. */

import { seededRandom } from '../../numerics/random.js';
import { intOf } from '../graph.js';
import { Attributes } from '../run/call.js';
import type { HostTensor } from '../run/values.js';
import { convGeometry } from '../run/windows.js';
import type { Layer } from './layers.js';
import type { Matrix } from './matrix.js';

/** Rows that methods learn from; more make them slower and hardly better. */
const defaultSampleRows = 512;

/**
 * Inputs as rows of the layer's reduction, drawn evenly from all positions of all tensors.
 * @param tensors of the layer's input, from calibration runs.
 * @returns one matrix per group of the layer, or undefined where a layer of this form has no such rows here.
 */
export function sampleRows(
  layer: Layer,
  tensors: readonly HostTensor[],
  limit = defaultSampleRows,
  seed = 1,
): readonly Matrix[] | undefined {
  const sources = tensors.map((tensor) => sourceOf(layer, tensor));
  if (sources.length === 0 || sources.some((source) => source === undefined)) return undefined;
  const counts = sources.map((source) => source!.rows);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  const picked = pick(total, Math.min(limit, total), seed);
  const columns = layer.reduction;
  const result = Array.from({ length: layer.groups }, () => new Float32Array(picked.length * columns));
  let [source, from] = [0, 0];
  for (const [at, index] of picked.entries()) {
    while (index >= from + counts[source]!) from += counts[source++]!;
    for (let group = 0; group < layer.groups; group++) {
      const row = result[group]!.subarray(at * columns, (at + 1) * columns);
      sources[source]!.read(index - from, group, row);
    }
  }
  return result.map((data) => ({ rows: picked.length, columns, data }));
}

/** So many different indices below `total`, ascending: one from each of equal stretches. */
function pick(total: number, count: number, seed: number): readonly number[] {
  const { next: random } = seededRandom(seed, 'uniform');
  return Array.from({ length: count }, (_, i) => {
    const from = Math.floor((i * total) / count);
    const to = Math.floor(((i + 1) * total) / count);
    return from + Math.floor(random() * (to - from));
  });
}

interface Source {
  readonly rows: number;
  readonly read: (row: number, group: number, into: Float32Array) => void;
}

function sourceOf(layer: Layer, tensor: HostTensor): Source | undefined {
  switch (layer.op) {
    case 'Gemm':
      return productSource(layer, tensor, intOf(layer.node, 'transA', 0) !== 0);
    case 'MatMul':
      return layer.dims.length === 2 ? productSource(layer, tensor, false) : undefined;
    case 'Conv':
      return convSource(layer, tensor);
    default:
      return undefined;
  }
}

function productSource({ reduction }: Layer, { dims, data }: HostTensor, turned: boolean): Source | undefined {
  const rows = data.length / reduction;
  if (!Number.isInteger(rows) || dims.at(turned ? 0 : -1) !== reduction) return undefined;
  return {
    rows,
    read(row, _group, into) {
      for (let i = 0; i < reduction; i++) into[i] = turned ? data[i * rows + row]! : data[row * reduction + i]!;
    },
  };
}

/** Windows of a convolution, in the order of the weight: channel of the group, then kernel positions. */
function convSource(layer: Layer, { dims, data }: HostTensor): Source | undefined {
  if (dims.length !== layer.dims.length || dims.length < 3) return undefined;
  const [batch, channels] = dims as readonly [number, number];
  const input = dims.slice(2);
  const kernel = layer.dims.slice(2);
  const geometry = convGeometry(new Attributes(layer.node, 25), input, kernel);
  const area = geometry.output.reduce((product, size) => product * size, 1);
  const window = kernel.reduce((product, size) => product * size, 1);
  const plane = input.reduce((product, size) => product * size, 1);
  const perGroup = channels / layer.groups;
  return {
    rows: batch * area,
    read(row, group, into) {
      const places = windowPlaces(geometry, input, row % area, window);
      const base = (Math.floor(row / area) * channels + group * perGroup) * plane;
      for (let i = 0; i < into.length; i++) {
        const place = places[i % window]!;
        into[i] = place < 0 ? 0 : data[base + Math.floor(i / window) * plane + place]!;
      }
    },
  };
}

/** Index within a plane of each kernel position of one output, −1 in the padding. */
function windowPlaces(
  { kernel, strides, dilations, padsBegin, output }: ReturnType<typeof convGeometry>,
  input: readonly number[],
  position: number,
  window: number,
): Int32Array {
  const places = new Int32Array(window);
  const at = unravel(position, output);
  for (let w = 0; w < window; w++) {
    let place = 0;
    for (const [axis, tap] of unravel(w, kernel).entries()) {
      const index = at[axis]! * strides[axis]! + tap * dilations[axis]! - padsBegin[axis]!;
      if (index < 0 || index >= input[axis]! || place < 0) place = -1;
      else place = place * input[axis]! + index;
    }
    places[w] = place;
  }
  return places;
}

function unravel(index: number, sizes: readonly number[]): number[] {
  const at = new Array<number>(sizes.length);
  let rest = index;
  for (let axis = sizes.length - 1; axis >= 0; axis--) {
    at[axis] = rest % sizes[axis]!;
    rest = Math.floor(rest / sizes[axis]!);
  }
  return at;
}
