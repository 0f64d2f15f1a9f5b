/** Resizing of maps, one dimension after the other. */
import { bitsOfF32 } from '../../../../shaders/lib/elementwise/special.js';
import { elementCount } from '../../tensor.js';
import type { Lower, LowerCall } from '../lowering.js';
import { type Resampling, type Stretch, tapsOf } from '../resize-taps.js';
import { axisOf } from '../shapes.js';
import { isEmpty, isFloatInput, leftToHost, type Place, Steps } from '../steps.js';
import { around } from './reduce.js';

/** Numbers of an input; undefined where it is left out or empty. */
function numbers(call: LowerCall, i: number): readonly number[] | undefined {
  const value = call.host(i);
  return value === undefined || value.data.length === 0 ? undefined : Array.from(value.data);
}

function stretches(call: LowerCall): readonly Stretch[] {
  const { dims } = call.input(0);
  const old = call.opset < 11;
  const scales = numbers(call, old ? 1 : 2) ?? call.floats('scales');
  const sizes = old ? undefined : numbers(call, 3);
  const roi = old ? undefined : numbers(call, 1);
  const axes = (call.ints('axes') ?? dims.map((_, i) => i)).map((axis) => axisOf(call, axis, dims.length));
  const given = sizes ?? scales;
  if (given === undefined) return call.fail('missing-input', 'neither scales nor sizes are given');
  if (given.length !== axes.length)
    return call.fail('bad-shape', `${given.length} scales or sizes for ${axes.length} axes`);
  const kept =
    sizes &&
    keptScale(
      call,
      axes.map((axis, i) => sizes[i]! / dims[axis]!),
    );
  return dims.map((size, axis) => {
    const i = axes.indexOf(axis);
    if (i < 0) return { size, places: size, scale: 1, begin: 0, end: 1 };
    const scale = kept ?? (sizes ? sizes[i]! / size : scales![i]!);
    const places = kept ? Math.floor(kept * size + 0.5) : (sizes?.[i] ?? Math.floor(scale * size));
    return { size, places, scale, begin: roi?.[i] ?? 0, end: roi?.[i + axes.length] ?? 1 };
  });
}

/** The one scale of all axes where the aspect ratio is kept. */
function keptScale(call: LowerCall, scales: readonly number[]): number | undefined {
  const policy = call.string('keep_aspect_ratio_policy', 'stretch');
  if (policy === 'not_larger') return Math.min(...scales);
  return policy === 'not_smaller' ? Math.max(...scales) : undefined;
}

const resize: Lower = (call) => {
  const { type, dims } = call.input(0);
  if (!isFloatInput(call, 0)) return leftToHost(type);
  const each = stretches(call);
  const out = each.map(({ places }) => places);
  if (elementCount(dims) === 0 || elementCount(out) === 0) return isEmpty;
  const old = call.opset < 11;
  const rules: Resampling = {
    mode: call.string('mode', 'nearest'),
    coordinates: old ? 'asymmetric' : call.string('coordinate_transformation_mode', 'half_pixel'),
    nearest: old ? 'floor' : call.string('nearest_mode', 'round_prefer_floor'),
    cubic: call.float('cubic_coeff_a', -0.75),
    excludeOutside: call.int('exclude_outside', 0) === 1,
    antialias: call.int('antialias', 0) === 1,
  };
  const changes = (stretch: Stretch): boolean =>
    stretch.places !== stretch.size ||
    stretch.scale !== 1 ||
    (rules.coordinates === 'tf_crop_and_resize' && (stretch.begin !== 0 || stretch.end !== 1));
  const axes = [...each.keys()].filter((axis) => changes(each[axis]!));
  if (axes.length === 0) return { outputs: [{ type, dims, sameAs: 0 }], steps: [] };
  const steps = new Steps(call);
  const fill = bitsOfF32(call.float('extrapolation_value', 0));
  let x = steps.input(0);
  for (const [i, axis] of axes.entries()) {
    const stretch = each[axis]!;
    const { count, index, weight } = tapsOf(stretch, rules);
    const next = x.dims.map((size, d) => (d === axis ? stretch.places : size));
    const y: Place = i === axes.length - 1 ? steps.output(0, next) : steps.temp(next);
    const shape = { ...around(x.dims, axis), places: stretch.places, taps: count, fill };
    steps.run(['resample/naive'], shape, {
      x: x.ref,
      index: { made: `index ${axis}`, data: () => index },
      weight: { made: `weight ${axis}`, data: () => weight },
      y: y.ref,
    });
    x = y;
  }
  return steps.end([{ type, dims: out }]);
};

export default { Resize: resize, Upsample: resize } satisfies Readonly<Record<string, Lower>>;
