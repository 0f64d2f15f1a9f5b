/** Resizing by scales or to sizes, one dimension after the other. */
import type { HostCall, HostOperator } from '../call.js';
import { aroundAxis, roomFor, zeros } from '../dense.js';
import { type AxisPlan, axisPlan, type Interpolation } from '../interpolation.js';
import { axisOf } from '../shapes.js';
import { type HostTensor, hostTensor } from '../values.js';

/** A list given by an input, undefined where that is left out or empty, as exporters write it. */
function listFrom(call: HostCall, i: number): readonly number[] | undefined {
  const value = call.optional(i);
  return value === undefined || value.data.length === 0 ? undefined : Array.from(value.data);
}

interface Sizes {
  readonly scales: readonly number[];
  readonly dims: readonly number[];
}

function fromScales(call: HostCall, dims: readonly number[], axes: readonly number[], given: readonly number[]): Sizes {
  if (given.length !== axes.length || given.some((scale) => !(scale > 0 && scale < Number.POSITIVE_INFINITY))) {
    return call.fail('bad-value', `scales [${given}] should be ${axes.length} numbers above 0`);
  }
  const scales = dims.map((_, d) => (axes.includes(d) ? given[axes.indexOf(d)]! : 1));
  return { scales, dims: dims.map((size, d) => Math.floor(size * scales[d]!)) };
}

/** Sizes as they are given, or one scale for all: the smallest (`not_larger`) or the largest (`not_smaller`). */
function fromSizes(call: HostCall, dims: readonly number[], axes: readonly number[], given: readonly number[]): Sizes {
  if (given.length !== axes.length) return call.fail('bad-value', `sizes [${given}] should be ${axes.length} integers`);
  const own = axes.map((d, i) => given[i]! / dims[d]!);
  const policy = call.string('keep_aspect_ratio_policy', 'stretch');
  if (policy === 'stretch') {
    const of = <T>(otherwise: (d: number) => T, list: readonly T[]): T[] =>
      dims.map((_, d) => (axes.includes(d) ? list[axes.indexOf(d)]! : otherwise(d)));
    return { scales: of(() => 1, own), dims: of((d) => dims[d]!, given) };
  }
  if (policy !== 'not_larger' && policy !== 'not_smaller') {
    return call.fail('bad-value', `keep_aspect_ratio_policy "${policy}" is not known`);
  }
  const scale = policy === 'not_larger' ? Math.min(...own) : Math.max(...own);
  return {
    scales: dims.map((_, d) => (axes.includes(d) ? scale : 1)),
    dims: dims.map((size, d) => (axes.includes(d) ? Math.floor(scale * size + 0.5) : size)),
  };
}

function resized(
  call: HostCall,
  x: HostTensor,
  { scales, dims }: Sizes,
  how: Interpolation,
  crops: (d: number) => readonly [number, number],
): HostTensor {
  roomFor(call, dims);
  const cropped = how.coordinates === 'tf_crop_and_resize';
  const plans = dims.map((size, d): AxisPlan | undefined => {
    const crop = crops(d);
    const same = size === x.dims[d] && scales[d] === 1 && !(cropped && (crop[0] !== 0 || crop[1] !== 1));
    return same ? undefined : axisPlan(call, how, x.dims[d]!, size, scales[d]!, crop);
  });
  let { data } = x;
  let now = [...x.dims];
  for (const [d, plan] of plans.entries()) {
    if (plan === undefined) continue;
    const next = now.map((size, i) => (i === d ? plan.output : size));
    data = along(data, now, d, plan, zeros(call, next));
    now = next;
  }
  const otherwise = call.float('extrapolation_value', 0);
  for (const [d, plan] of plans.entries()) if (plan?.outside) fillOutside(data, now, d, plan.outside, otherwise);
  return hostTensor(x.type, dims, x.type === 'f32' || data === x.data ? data : toType(x, data));
}

/** Integers are cut off, as a cast does, and stay within their type. */
function toType({ type }: HostTensor, data: Float64Array): Float64Array {
  if (!/^[iu]\d/.test(type)) return data;
  return data.map((value) => Math.trunc(value));
}

function along(
  data: Float64Array,
  dims: readonly number[],
  axis: number,
  plan: AxisPlan,
  out: Float64Array,
): Float64Array {
  const [before, size, after] = aroundAxis(dims, axis);
  const { output, taps, from, weights } = plan;
  for (let b = 0; b < before; b++) {
    for (let o = 0; o < output; o++) {
      const to = (b * output + o) * after;
      for (let t = 0; t < taps; t++) {
        const weight = weights[o * taps + t]!;
        if (weight === 0) continue;
        const at = (b * size + from[o * taps + t]!) * after;
        for (let i = 0; i < after; i++) out[to + i]! += weight * data[at + i]!;
      }
    }
  }
  return out;
}

function fillOutside(
  data: Float64Array,
  dims: readonly number[],
  axis: number,
  outside: Uint8Array,
  value: number,
): void {
  const [before, size, after] = aroundAxis(dims, axis);
  for (let b = 0; b < before; b++) {
    for (let i = 0; i < size; i++) {
      if (outside[i]) data.fill(value, (b * size + i) * after, (b * size + i + 1) * after);
    }
  }
}

function modeOf(call: HostCall): Interpolation['mode'] {
  const mode = call.string('mode', 'nearest');
  if (mode === 'nearest' || mode === 'linear' || mode === 'cubic') return mode;
  return mode === 'bilinear' ? 'linear' : call.fail('bad-value', `mode "${mode}" is not known`);
}

/** As operator sets before 11 resize. */
const old = { coordinates: 'asymmetric', antialias: false, excludeOutside: false, cubic: -0.75 } as const;

const resize: HostOperator = (call) => {
  const x = call.input(0);
  const all = x.dims.map((_, d) => d);
  if (call.opset < 11) {
    const sizes = fromScales(
      call,
      x.dims,
      all,
      listFrom(call, 1) ?? call.fail('missing-input', 'the scales are left out'),
    );
    return [resized(call, x, sizes, { ...old, mode: modeOf(call), nearest: 'simple' }, () => [0, 1])];
  }
  const axes = call.ints('axes')?.map((axis) => axisOf(call, axis, x.dims.length)) ?? all;
  const [roi, scales, wanted] = [listFrom(call, 1), listFrom(call, 2), listFrom(call, 3)];
  const sizes = wanted
    ? fromSizes(call, x.dims, axes, wanted)
    : fromScales(call, x.dims, axes, scales ?? call.fail('missing-input', 'scales and sizes are both left out'));
  const coordinates = call.string('coordinate_transformation_mode', 'half_pixel');
  if (coordinates === 'tf_crop_and_resize' && roi?.length !== 2 * axes.length) {
    return call.fail('bad-value', `the region of interest should be ${2 * axes.length} numbers`);
  }
  const how: Interpolation = {
    mode: modeOf(call),
    coordinates,
    nearest: call.string('nearest_mode', 'round_prefer_floor'),
    antialias: call.int('antialias', 0) !== 0,
    excludeOutside: call.int('exclude_outside', 0) !== 0,
    cubic: call.float('cubic_coeff_a', -0.75),
  };
  const crop = (d: number): readonly [number, number] => {
    const i = axes.indexOf(d);
    return i < 0 || roi === undefined || coordinates !== 'tf_crop_and_resize'
      ? [0, 1]
      : [roi[i]!, roi[i + axes.length]!];
  };
  return [resized(call, x, sizes, how, crop)];
};

const upsample: HostOperator = (call) => {
  const x = call.input(0);
  const scales = call.opset >= 9 ? listFrom(call, 1) : call.floats('scales');
  if (scales === undefined) return call.fail('missing-input', 'the scales are left out');
  const sizes = fromScales(
    call,
    x.dims,
    x.dims.map((_, d) => d),
    scales,
  );
  return [resized(call, x, sizes, { ...old, mode: modeOf(call), nearest: 'floor' }, () => [0, 1])];
};

export default { Resize: resize, Upsample: upsample } satisfies Readonly<Record<string, HostOperator>>;
