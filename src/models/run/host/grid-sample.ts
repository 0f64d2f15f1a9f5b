/** Sampling at places that a grid names, the grids of affine maps, and convolutions whose taps wander. */
import { roundToEven } from '../../../numerics/rounding.js';
import { elementCount } from '../../tensor.js';
import type { HostOperator } from '../call.js';
import { addProduct, needDims, needRank, zeros } from '../dense.js';
import { cubicWeight } from '../interpolation.js';
import { stridesOf } from '../shapes.js';
import { coordinates, tapCount } from '../taps.js';
import { hostTensor } from '../values.js';
import { convGeometry } from '../windows.js';
import { addBias } from './conv.js';

type Padding = 'zeros' | 'border' | 'reflection';

/** Mirrors a place at both borders until it lies between them. */
function reflected(x: number, least: number, most: number): number {
  const span = most - least;
  if (span <= 0) return least;
  const away = Math.abs(x - least);
  const turns = Math.floor(away / span);
  const rest = away - turns * span;
  return turns % 2 === 0 ? least + rest : most - rest;
}

/** Index of an element for a tap, −1 where it counts as 0. */
function tapIndex(at: number, size: number, padding: Padding, corners: boolean): number {
  if (at >= 0 && at < size) return at;
  if (padding === 'zeros') return -1;
  if (padding === 'border') return at < 0 ? 0 : size - 1;
  const index = Math.trunc(corners ? reflected(at, 0, size - 1) : reflected(at, -0.5, size - 0.5));
  return Math.min(size - 1, Math.max(0, index));
}

const modes: Readonly<Record<string, 'nearest' | 'linear' | 'cubic'>> = {
  nearest: 'nearest',
  linear: 'linear',
  bilinear: 'linear',
  cubic: 'cubic',
  bicubic: 'cubic',
};

/** Neighbours of a place and their weights; a place half-way goes to the even neighbour. */
function tapsOf(
  place: number,
  mode: 'nearest' | 'linear' | 'cubic',
): readonly [first: number, weights: readonly number[]] {
  if (mode === 'nearest') return [roundToEven(place), [1]];
  const below = Math.floor(place);
  const ratio = place - below;
  if (mode === 'linear') return [below, [1 - ratio, ratio]];
  return [below - 1, [-1, 0, 1, 2].map((i) => cubicWeight(i - ratio, -0.75))];
}

const gridSample: HostOperator = (call) => {
  const [x, grid] = [call.input(0), call.input(1)];
  needRank(call, 'the input', x.dims, 3, 5);
  needRank(call, 'the grid', grid.dims, x.dims.length);
  const [batch, channels, ...field] = x.dims as [number, number, ...number[]];
  const rank = field.length;
  needDims(call, 'the grid', grid.dims, [batch, ...grid.dims.slice(1, -1), rank]);
  const mode =
    modes[call.string('mode', 'linear')] ?? call.fail('bad-value', `mode "${call.string('mode', '')}" is not known`);
  const padding = (['zeros', 'border', 'reflection'] as const).find(
    (name) => name === call.string('padding_mode', 'zeros'),
  );
  if (padding === undefined) return call.fail('bad-value', 'padding_mode is not known');
  const corners = call.int('align_corners', 0) !== 0;
  const places = elementCount(grid.dims.slice(1, -1));
  const dims = [batch, channels, ...grid.dims.slice(1, -1)];
  const out = zeros(call, dims);
  const strides = stridesOf(field);
  const size = elementCount(field);
  if (size === 0) return call.fail('bad-shape', `there is nothing to sample in [${x.dims}]`);
  for (let n = 0; n < batch; n++) {
    for (let p = 0; p < places; p++) {
      let taps: [offset: number, weight: number][] = [[0, 1]];
      for (let d = 0; d < rank; d++) {
        const along = grid.data[(n * places + p) * rank + rank - 1 - d]!;
        const axis = axisTaps(along, field[d]!, mode, padding, corners);
        taps = taps.flatMap(([offset, weight]) =>
          axis.map(([at, own]): [number, number] => [offset + at * strides[d]!, weight * own]),
        );
      }
      for (let c = 0; c < channels; c++) {
        const from = (n * channels + c) * size;
        let sum = 0;
        for (const [offset, weight] of taps) sum += weight * x.data[from + offset]!;
        out[(n * channels + c) * places + p] = sum;
      }
    }
  }
  return [hostTensor(x.type, dims, out)];
};

/** Taps along one dimension of a place between −1 and 1; those that count as 0 are left out. */
function axisTaps(
  along: number,
  size: number,
  mode: 'nearest' | 'linear' | 'cubic',
  padding: Padding,
  corners: boolean,
): readonly (readonly [index: number, weight: number])[] {
  let place = Math.fround(corners ? ((along + 1) / 2) * (size - 1) : ((along + 1) * size - 1) / 2);
  if (mode === 'nearest') place = tapsOf(place, mode)[0];
  const [least, most] = corners ? [0, size - 1] : [-0.5, size - 0.5];
  if (place < least || place > most) {
    if (padding === 'border') place = Math.min(size - 1, Math.max(0, place));
    if (padding === 'reflection') place = reflected(place, least, most);
  }
  const [first, weights] = mode === 'nearest' ? [Math.trunc(place), [1]] : tapsOf(place, mode);
  return weights
    .map((weight, i) => [tapIndex(first + i, size, padding, corners), weight] as const)
    .filter(([index]) => index >= 0);
}

/** Places that an affine map takes a regular grid to, [batch, …field, rank]; coordinates from −1 to 1, the last dimension first. */
const affineGrid: HostOperator = (call) => {
  const theta = call.input(0);
  const [batch, , ...field] = Array.from(call.input(1).data) as [number, number, ...number[]];
  const rank = field.length;
  if (rank !== 2 && rank !== 3) return call.fail('bad-shape', `a size of ${rank + 2} numbers is not 4 or 5`);
  needDims(call, 'theta', theta.dims, [batch, rank, rank + 1]);
  const corners = call.int('align_corners', 0) !== 0;
  const dims = [batch, ...field, rank];
  const out = zeros(call, dims);
  const count = elementCount(field);
  const place = (i: number, size: number): number =>
    corners ? (size === 1 ? 0 : (2 * i) / (size - 1) - 1) : (2 * i + 1) / size - 1;
  for (let p = 0; p < count; p++) {
    const at = coordinates(p, field)
      .map((i, d) => place(i, field[d]!))
      .reverse();
    for (let n = 0; n < batch; n++) {
      for (let r = 0; r < rank; r++) {
        const row = (n * rank + r) * (rank + 1);
        out[(n * count + p) * rank + r] = at.reduce(
          (sum, value, d) => sum + theta.data[row + d]! * value,
          theta.data[row + rank]!,
        );
      }
    }
  }
  return [hostTensor(theta.type, dims, out)];
};

/** A value between the elements of a plane; beyond its edge lie zeros. */
function bilinear(data: Float64Array, at: number, height: number, width: number, y: number, x: number): number {
  if (!(y > -1 && y < height && x > -1 && x < width)) return 0;
  const [top, left] = [Math.floor(y), Math.floor(x)];
  const read = (row: number, column: number): number =>
    row < 0 || row >= height || column < 0 || column >= width ? 0 : data[at + row * width + column]!;
  const [down, right] = [y - top, x - left];
  return (
    (1 - down) * ((1 - right) * read(top, left) + right * read(top, left + 1)) +
    down * ((1 - right) * read(top + 1, left) + right * read(top + 1, left + 1))
  );
}

/** A two-dimensional convolution whose taps are moved by offsets and scaled by a mask, each of them per output element. */
const deformConv: HostOperator = (call) => {
  const [x, w, offset, mask] = [call.input(0), call.input(1), call.input(2), call.optional(4)];
  if (x.dims.length !== 4)
    return call.fail('unsupported-form', `[${x.dims}] is no batch of images with two dimensions`);
  needRank(call, 'the weights', w.dims, 4);
  const [batch, channels, height, width] = x.dims as [number, number, number, number];
  const [made, inGroup] = w.dims as [number, number];
  const [groups, offsetGroups] = [call.int('group', 1), call.int('offset_group', 1)];
  if (inGroup * groups !== channels || made % groups !== 0 || channels % offsetGroups !== 0) {
    return call.fail(
      'bad-shape',
      `weights [${w.dims}] in ${groups} groups and ${offsetGroups} of offsets do not fit ${channels} channels`,
    );
  }
  const window = convGeometry(call, [height, width], w.dims.slice(2));
  const taps = tapCount(window);
  const [rows, columnsOut] = window.output as [number, number];
  const count = rows * columnsOut;
  needDims(call, 'the offsets', offset.dims, [batch, 2 * offsetGroups * taps, rows, columnsOut]);
  if (mask) needDims(call, 'the mask', mask.dims, [batch, offsetGroups * taps, rows, columnsOut]);
  const dims = [batch, made, rows, columnsOut];
  const out = zeros(call, dims);
  const columns = zeros(call, [channels * taps, count]);
  const outGroup = made / groups;
  for (let n = 0; n < batch; n++) {
    for (let c = 0; c < channels; c++) {
      const own = n * offsetGroups + Math.floor(c / (channels / offsetGroups));
      for (let tap = 0; tap < taps; tap++) {
        const [ky, kx] = coordinates(tap, window.kernel) as [number, number];
        for (let i = 0; i < count; i++) {
          const moved = (own * taps + tap) * 2 * count + i;
          const row = Math.floor(i / columnsOut);
          const y = row * window.strides[0]! - window.padsBegin[0]! + ky * window.dilations[0]! + offset.data[moved]!;
          const z = (i - row * columnsOut) * window.strides[1]! - window.padsBegin[1]! + kx * window.dilations[1]!;
          const value = bilinear(
            x.data,
            (n * channels + c) * height * width,
            height,
            width,
            y,
            z + offset.data[moved + count]!,
          );
          columns[(c * taps + tap) * count + i] = value * (mask?.data[(own * taps + tap) * count + i] ?? 1);
        }
      }
    }
    for (let g = 0; g < groups; g++) {
      const k = inGroup * taps;
      addProduct({
        a: w.data,
        aAt: g * outGroup * k,
        b: columns,
        bAt: g * k * count,
        out,
        outAt: (n * made + g * outGroup) * count,
        m: outGroup,
        k,
        n: count,
      });
    }
  }
  addBias(call, out, dims, call.optional(3));
  return [hostTensor(x.type, dims, out)];
};

export default {
  GridSample: gridSample,
  AffineGrid: affineGrid,
  DeformConv: deformConv,
} satisfies Readonly<Record<string, HostOperator>>;
