/** Signals: Fourier transforms, whole and in frames, and mel filters. */
import type { ElementType } from '../../tensor.js';
import type { HostCall, HostOperator } from '../call.js';
import { aroundAxis, needPatience, needRank, zeros } from '../dense.js';
import { type Complex, transform } from '../fourier.js';
import { typeFrom } from '../quantization.js';
import { axisOf } from '../shapes.js';
import { hostTensor } from '../values.js';

/** A size that an input gives; it must be a number that can be one. */
function sizeFrom(call: HostCall, i: number, otherwise: number): number {
  const size = call.optional(i)?.data[0] ?? otherwise;
  return Number.isInteger(size) && size >= 1 && size <= 2 ** 24
    ? size
    : call.fail('bad-value', `a length of ${size} should be an integer from 1 to 2^24`);
}

/**
 * Along one axis of [… , 1 or 2], real or complex. The axis is an attribute (1 by default) in operator set 17 and an input (−2)
 * from 20 on. `onesided` keeps the first half; an inverse of a one-sided spectrum makes a real signal.
 */
const dft: HostOperator = (call) => {
  const x = call.input(0);
  needRank(call, 'the input', x.dims, 2, Number.POSITIVE_INFINITY);
  const parts = x.dims.at(-1)!;
  if (parts !== 1 && parts !== 2) return call.fail('bad-shape', `the last dimension of [${x.dims}] is not 1 or 2`);
  const wanted = call.opset >= 20 ? (call.optional(2)?.data[0] ?? -2) : call.int('axis', 1);
  const axis = axisOf(call, wanted, x.dims.length);
  if (axis === x.dims.length - 1) return call.fail('bad-value', `axis ${wanted} holds real and imaginary parts`);
  const [inverse, oneSided] = [call.int('inverse', 0) !== 0, call.int('onesided', 0) !== 0];
  const toReal = inverse && oneSided && parts === 2;
  const length = sizeFrom(call, 1, toReal ? 2 * (x.dims[axis]! - 1) : x.dims[axis]!);
  const kept = oneSided && !toReal ? Math.floor(length / 2) + 1 : length;
  const outParts = toReal ? 1 : 2;
  const dims = x.dims.map((size, d) => (d === axis ? kept : d === x.dims.length - 1 ? outParts : size));
  const out = zeros(call, dims);
  const [before, size, rest] = aroundAxis(x.dims, axis);
  const after = rest / parts;
  needPatience(call, operationsPerPoint * before * after * length);
  const signal: Complex = { real: new Float64Array(length), imaginary: new Float64Array(length) };
  for (let b = 0; b < before; b++) {
    for (let a = 0; a < after; a++) {
      signal.real.fill(0);
      signal.imaginary.fill(0);
      for (let t = 0; t < Math.min(size, length); t++) {
        const at = ((b * size + t) * after + a) * parts;
        signal.real[t] = x.data[at]!;
        if (parts === 2) signal.imaginary[t] = x.data[at + 1]!;
      }
      if (toReal) mirror(signal, Math.min(size, Math.floor(length / 2) + 1));
      const made = transform(signal, inverse);
      const factor = inverse ? 1 / length : 1;
      for (let k = 0; k < kept; k++) {
        const to = ((b * kept + k) * after + a) * outParts;
        out[to] = made.real[k]! * factor;
        if (outParts === 2) out[to + 1] = made.imaginary[k]! * factor;
      }
    }
  }
  return [hostTensor(x.type, dims, out)];
};

/** The second half of a spectrum as that of a real signal. */
function mirror({ real, imaginary }: Complex, known: number): void {
  const n = real.length;
  for (let k = 1; k < known; k++) {
    if (n - k < known) continue;
    real[n - k] = real[k]!;
    imaginary[n - k] = -imaginary[k]!;
  }
}

/** Of a fast transform of any length: sines and cosines, three transforms, all levels of each. */
const operationsPerPoint = 256;

/** Transforms of windowed frames of a signal [batch, length, 1 or 2]: [batch, frames, bins, 2]. */
const stft: HostOperator = (call) => {
  const [x, window] = [call.input(0), call.optional(2)];
  needRank(call, 'the signal', x.dims, 2, 3);
  const [batch, total, parts = 1] = x.dims as [number, number, number?];
  const step = sizeFrom(call, 1, 0);
  const length = sizeFrom(call, 3, window?.data.length ?? total);
  if (window && window.data.length > length)
    return call.fail('bad-shape', `a window of ${window.data.length} is longer than a frame of ${length}`);
  if (length > total) return call.fail('bad-shape', `a frame of ${length} is longer than the signal of ${total}`);
  const frames = 1 + Math.floor((total - length) / step);
  const bins = call.int('onesided', 1) !== 0 && parts === 1 ? Math.floor(length / 2) + 1 : length;
  const dims = [batch, frames, bins, 2];
  const out = zeros(call, dims);
  needPatience(call, operationsPerPoint * batch * frames * length);
  const frame: Complex = { real: new Float64Array(length), imaginary: new Float64Array(length) };
  for (let i = 0; i < batch * frames; i++) {
    const start = Math.floor(i / frames) * total + (i % frames) * step;
    for (let t = 0; t < length; t++) {
      const weight = window ? (window.data[t] ?? 0) : 1;
      frame.real[t] = x.data[(start + t) * parts]! * weight;
      frame.imaginary[t] = parts === 2 ? x.data[(start + t) * 2 + 1]! * weight : 0;
    }
    const made = transform(frame, false);
    for (let k = 0; k < bins; k++) {
      out[(i * bins + k) * 2] = made.real[k]!;
      out[(i * bins + k) * 2 + 1] = made.imaginary[k]!;
    }
  }
  return [hostTensor(x.type, dims, out)];
};

/** Triangular filters whose edges are evenly spaced in mel, 2595·log10(1 + f/700): [dft_length/2 + 1, num_mel_bins]. */
const melWeightMatrix: HostOperator = (call) => {
  const [bins, length, rate, low, high] = [0, 1, 2, 3, 4].map((i) => call.input(i).data[0] ?? Number.NaN) as [
    number,
    number,
    number,
    number,
    number,
  ];
  if (!(bins >= 1 && bins <= 2 ** 16)) return call.fail('bad-value', `${bins} mel bins are not between 1 and 2^16`);
  const type: ElementType = typeFrom(call, 'output_datatype') ?? 'f32';
  const rows = Math.floor(length / 2) + 1;
  const dims = [rows, bins];
  const out = zeros(call, dims);
  const mel = (frequency: number): number => 2595 * Math.log10(1 + frequency / 700);
  const step = (mel(high) - mel(low)) / (bins + 2);
  const edges = Array.from({ length: bins + 2 }, (_, i) => {
    const frequency = 700 * (10 ** ((i * step + mel(low)) / 2595) - 1);
    return Math.floor(((length + 1) * frequency) / rate);
  });
  if (edges.some((edge) => !(edge >= 0 && edge <= rows))) {
    return call.fail(
      'bad-value',
      `frequencies ${low} to ${high} do not fit a transform of ${length} at ${rate} samples a second`,
    );
  }
  const put = (row: number, i: number, value: number): void => {
    if (row < rows) out[row * bins + i] = value;
  };
  for (let i = 0; i < bins; i++) {
    const [left, middle, right] = [edges[i]!, edges[i + 1]!, edges[i + 2]!];
    if (left === middle) put(middle, i, 1);
    else for (let k = left; k <= middle; k++) put(k, i, (k - left) / (middle - left));
    for (let k = middle; k < right; k++) put(k, i, (right - k) / (right - middle));
  }
  return [hostTensor(type, dims, out)];
};

export default {
  DFT: dft,
  STFT: stft,
  MelWeightMatrix: melWeightMatrix,
} satisfies Readonly<Record<string, HostOperator>>;
