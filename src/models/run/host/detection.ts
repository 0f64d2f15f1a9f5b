/** Object detection: choosing boxes, and pooling the regions under them. */
import type { HostCall, HostOperator } from '../call.js';
import { needDims, needPatience, needRank, zeros } from '../dense.js';
import { hostTensor } from '../values.js';

type Box = readonly [top: number, left: number, bottom: number, right: number];

/** A box by its corners in any order, or by its centre, width and height. */
function boxAt(data: Float64Array, at: number, centred: boolean): Box {
  const [a, b, c, d] = [data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!];
  if (centred) return [b - d / 2, a - c / 2, b + d / 2, a + c / 2];
  return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
}

/** Intersection over union. */
function overlap(a: Box, b: Box): number {
  const height = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const width = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (height <= 0 || width <= 0) return 0;
  const area = (box: Box): number => (box[2] - box[0]) * (box[3] - box[1]);
  return (height * width) / (area(a) + area(b) - height * width);
}

/** Per batch and class, boxes by falling score that overlap none of those chosen before too much: [batch, class, box] each. */
const nonMaxSuppression: HostOperator = (call) => {
  const [boxes, scores] = [call.input(0), call.input(1)];
  needRank(call, 'the boxes', boxes.dims, 3);
  needRank(call, 'the scores', scores.dims, 3);
  const [batch, classes, count] = scores.dims as [number, number, number];
  needDims(call, 'the boxes', boxes.dims, [batch, count, 4]);
  const most = call.optional(2)?.data[0] ?? 0;
  const limit = call.optional(3)?.data[0] ?? 0;
  const least = call.optional(4)?.data[0] ?? Number.NEGATIVE_INFINITY;
  const centred = call.int('center_point_box', 0) !== 0;
  needPatience(call, 8 * batch * classes * count * Math.max(1, Math.min(most, count)));
  const chosen: number[] = [];
  for (let n = 0; n < batch; n++) {
    for (let c = 0; c < classes; c++) {
      const from = (n * classes + c) * count;
      const order = Array.from({ length: count }, (_, i) => i)
        .filter((i) => scores.data[from + i]! > least)
        .sort((a, b) => scores.data[from + b]! - scores.data[from + a]! || a - b);
      const kept: Box[] = [];
      for (const i of order) {
        if (kept.length >= most) break;
        const box = boxAt(boxes.data, (n * count + i) * 4, centred);
        if (kept.some((other) => overlap(box, other) > limit)) continue;
        kept.push(box);
        chosen.push(n, c, i);
      }
    }
  }
  return [hostTensor('i64', [chosen.length / 3, 3], chosen)];
};

/** A batch entry that a region names. */
function batchOf(call: HostCall, index: number, batch: number): number {
  return Number.isInteger(index) && index >= 0 && index < batch
    ? index
    : call.fail('bad-value', `a region is in batch entry ${index}, but there are ${batch}`);
}

/** Average or maximum of bilinear samples on a grid in each bin. Source: He et al. 2017, Mask R-CNN; RoiAlign in the specification. */
const roiAlign: HostOperator = (call) => {
  const [x, rois, entries] = [call.input(0), call.input(1), call.input(2)];
  needRank(call, 'the input', x.dims, 4);
  const [batch, channels, height, width] = x.dims as [number, number, number, number];
  const count = entries.data.length;
  needDims(call, 'the regions', rois.dims, [count, 4]);
  const [rows, columns] = [call.int('output_height', 1), call.int('output_width', 1)];
  const scale = call.float('spatial_scale', 1);
  const ratio = call.int('sampling_ratio', 0);
  const half = call.opset >= 16 && call.string('coordinate_transformation_mode', 'half_pixel') === 'half_pixel';
  const average = call.string('mode', 'avg') === 'avg';
  const dims = [count, channels, rows, columns];
  const out = zeros(call, dims);
  for (let r = 0; r < count; r++) {
    const n = batchOf(call, entries.data[r]!, batch);
    const [left, top, right, bottom] = [0, 1, 2, 3].map((i) => rois.data[r * 4 + i]! * scale - (half ? 0.5 : 0)) as [
      number,
      number,
      number,
      number,
    ];
    const [tall, wide] = [bottom - top, right - left].map((size) => (half ? size : Math.max(size, 1))) as [
      number,
      number,
    ];
    const [sy, sx] = [tall / rows, wide / columns].map((size) => (ratio > 0 ? ratio : Math.ceil(size))) as [
      number,
      number,
    ];
    needPatience(call, sy * sx * (channels + 1) * rows * columns * count);
    for (let p = 0; p < rows * columns; p++) {
      const [row, column] = [Math.floor(p / columns), p % columns];
      const samples: (readonly [number, number, number, number, number, number, number, number])[] = [];
      for (let s = 0; s < sy * sx; s++) {
        const y = top + (row + (Math.floor(s / sx) + 0.5) / sy) * (tall / rows);
        const z = left + (column + ((s % sx) + 0.5) / sx) * (wide / columns);
        samples.push(corners(y, z, height, width));
      }
      for (let c = 0; c < channels; c++) {
        out[((r * channels + c) * rows + row) * columns + column] = pooledBin(
          x.data,
          (n * channels + c) * height * width,
          samples,
          average,
        );
      }
    }
  }
  return [hostTensor(x.type, dims, out)];
};

type Corners = readonly [number, number, number, number, number, number, number, number];

/** Four positions and their weights; all weights are 0 for a place off the plane by more than one element. */
function corners(y: number, x: number, height: number, width: number): Corners {
  if (!(y >= -1 && y <= height && x >= -1 && x <= width)) return [0, 0, 0, 0, 0, 0, 0, 0];
  const split = (place: number, size: number): readonly [number, number, number] => {
    const low = Math.floor(Math.max(place, 0));
    return low >= size - 1 ? [size - 1, size - 1, 0] : [low, low + 1, Math.max(place, 0) - low];
  };
  const [top, bottom, down] = split(y, height);
  const [left, right, along] = split(x, width);
  return [
    top * width + left,
    top * width + right,
    bottom * width + left,
    bottom * width + right,
    (1 - down) * (1 - along),
    (1 - down) * along,
    down * (1 - along),
    down * along,
  ];
}

/** The maximum is that of the weighted corners, not of their sums, as the specification's reference has it. */
function pooledBin(data: Float64Array, at: number, samples: readonly Corners[], average: boolean): number {
  let sum = 0;
  let most = Number.NEGATIVE_INFINITY;
  for (const [a, b, c, d, wa, wb, wc, wd] of samples) {
    const [va, vb, vc, vd] = [wa * data[at + a]!, wb * data[at + b]!, wc * data[at + c]!, wd * data[at + d]!];
    sum += va + vb + vc + vd;
    most = Math.max(most, va, vb, vc, vd);
  }
  if (average) return sum / Math.max(1, samples.length);
  return samples.length === 0 ? 0 : most;
}

/** Maximum over the bins of regions with corners rounded to elements. Source: Girshick 2015, Fast R-CNN. */
const maxRoiPool: HostOperator = (call) => {
  const [x, rois] = [call.input(0), call.input(1)];
  needRank(call, 'the input', x.dims, 4);
  needDims(call, 'the regions', rois.dims, [rois.dims[0]!, 5]);
  const [batch, channels, height, width] = x.dims as [number, number, number, number];
  const shape = call.ints('pooled_shape') ?? [];
  if (shape.length !== 2 || shape.some((size) => !(size >= 1))) {
    return call.fail('bad-value', `pooled_shape [${shape}] should be two sizes of 1 or more`);
  }
  const [rows, columns] = shape as unknown as [number, number];
  const scale = call.float('spatial_scale', 1);
  const dims = [rois.dims[0]!, channels, rows, columns];
  const out = zeros(call, dims);
  const range = (i: number, start: number, bin: number, size: number): readonly [number, number] => [
    Math.min(size, Math.max(0, Math.floor(i * bin) + start)),
    Math.min(size, Math.max(0, Math.ceil((i + 1) * bin) + start)),
  ];
  for (let i = 0; i < out.length; i++) {
    const [column, row] = [i % columns, Math.floor(i / columns) % rows];
    const c = Math.floor(i / (columns * rows)) % channels;
    const r = Math.floor(i / (columns * rows * channels));
    const n = batchOf(call, rois.data[r * 5]!, batch);
    const [left, top, right, bottom] = [1, 2, 3, 4].map((k) => Math.round(rois.data[r * 5 + k]! * scale)) as [
      number,
      number,
      number,
      number,
    ];
    const [y0, y1] = range(row, top, Math.max(bottom - top + 1, 1) / rows, height);
    const [x0, x1] = range(column, left, Math.max(right - left + 1, 1) / columns, width);
    let most = y1 <= y0 || x1 <= x0 ? 0 : Number.NEGATIVE_INFINITY;
    for (let y = y0; y < y1; y++) {
      for (let z = x0; z < x1; z++) most = Math.max(most, x.data[((n * channels + c) * height + y) * width + z]!);
    }
    out[i] = most;
  }
  return [hostTensor(x.type, dims, out)];
};

export default {
  NonMaxSuppression: nonMaxSuppression,
  RoiAlign: roiAlign,
  MaxRoiPool: maxRoiPool,
} satisfies Readonly<Record<string, HostOperator>>;
