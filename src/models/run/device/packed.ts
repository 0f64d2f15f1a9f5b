/** Products and convolutions with packed weights on the kernels of their formats. */
import { elementCount } from '../../tensor.js';
import type { Lower, LowerCall } from '../lowering.js';
import { isEmpty, type Place, Steps } from '../steps.js';
import { convGeometry, type WindowGeometry } from '../windows.js';
import { filledUp, packedOperand } from './lib/packed.js';
import { fromWord, stretchesOf } from './lib/stretches.js';
import { windowSizes } from './lib/windows.js';

const quantizedMatMul: Lower = (call) => {
  const x = call.input(0);
  if (!call.is(0, 'f32')) return `${x.type} is not multiplied on the device`;
  const weights = packedOperand(call);
  if (typeof weights === 'string') return weights;
  const { n, width } = weights;
  const k = call.input(1).dims[1]!;
  if (x.dims.at(-1) !== k) call.fail('bad-shape', `[${x.dims}] does not meet weights of ${k} inputs`);
  const dims = [...x.dims.slice(0, -1), n];
  const m = elementCount(x.dims) / k;
  if (m === 0) return isEmpty;
  const steps = new Steps(call);
  const [rows, product] = [filledUp(steps, steps.input(0), m, k, width), steps.output(0, dims)];
  for (const { first, rows: count } of stretchesOf(call, m, [width, n]) ?? [{ first: 0, rows: m }]) {
    const [a, c] = [fromWord(rows.ref, first * width), fromWord(product.ref, first * n)];
    weights.multiply(steps, count, { ...rows, ref: a }, { ...product, ref: c });
  }
  return steps.end([{ type: x.type, dims }]);
};

/** Most words of unfolded windows, and of their products, that lie on the device at a time: 32 MiB. */
const wordsAtATime = 2 ** 23;

/** Products of one node that are dispatched one by one; more are not worth recording. */
const mostProducts = 1024;

/** Some windows: whole images, or a stretch of one image. */
interface Portion {
  readonly image: number;
  readonly images: number;
  readonly pixel: number;
  readonly pixels: number;
}

/** @param most windows at a time. */
function portionsOf(batch: number, pixels: number, most: number): readonly Portion[] {
  const [images, stretch] = [Math.max(1, Math.floor(most / pixels)), Math.min(pixels, most)];
  const perImage = Math.ceil(pixels / stretch);
  return Array.from({ length: Math.ceil(batch / images) * perImage }, (_, i) => {
    const [image, pixel] = [Math.floor(i / perImage) * images, (i % perImage) * stretch];
    return { image, images: Math.min(images, batch - image), pixel, pixels: Math.min(stretch, pixels - pixel) };
  });
}

/** Windows as rows, a product with the filters, and the results turned from filters of each pixel to pixels of each filter. */
const quantizedConv: Lower = (call) => {
  const [x, filters] = [call.input(0), call.input(1).dims];
  if (!call.is(0, 'f32')) return `${x.type} is not convolved on the device`;
  if (x.dims.length < 3 || x.dims.length > 4) return 'windows of three dimensions are slid on the host';
  if (call.int('group', 1) !== 1) return 'packed filters of several groups are computed on the host';
  if (filters.length !== x.dims.length || filters[1] !== x.dims[1])
    call.fail('bad-shape', `filters [${filters}] do not fit an input of [${x.dims}]`);
  const weights = packedOperand(call);
  if (typeof weights === 'string') return weights;
  const geometry = convGeometry(call, x.dims.slice(2), filters.slice(2));
  const dims = [x.dims[0]!, weights.n, ...geometry.output];
  if (elementCount(dims) === 0) return isEmpty;
  const pixels = elementCount(geometry.output);
  const words = Math.min(wordsAtATime, (call.facts.limits.maxStorageBufferBindingSize ?? Number.POSITIVE_INFINITY) / 4);
  const most = Math.max(1, Math.floor(words / Math.max(weights.width, weights.n)));
  const portions = portionsOf(dims[0]!, pixels, most);
  if (portions.length > mostProducts) return 'so many groups of images are convolved on the host';
  const steps = new Steps(call);
  const result = steps.output(0, dims);
  const [{ images, pixels: stretch }] = portions as [Portion];
  const rows = steps.temp([images * stretch, weights.width]);
  const product = steps.temp([images * stretch, weights.n]);
  const biased = call.inputs[4] !== undefined;
  const sums = biased && portions.length > 1 ? steps.temp(dims) : result;
  for (const portion of portions) {
    const m = portion.images * portion.pixels;
    unfold(steps, x.dims, geometry, { firstRow: portion.image * pixels + portion.pixel, rows: m }, rows);
    weights.multiply(steps, m, rows, product);
    if (biased && portions.length === 1) addTurned(steps, product, biasOf(call, steps, weights.n, geometry), result);
    else turn(steps, product, portion, sums, pixels);
  }
  if (sums !== result)
    steps.binary('elementwise-binary', 'add', sums, biasOf(call, steps, weights.n, geometry), result);
  return steps.end([{ type: x.type, dims }]);
};

function unfold(
  steps: Steps,
  dims: readonly number[],
  geometry: WindowGeometry,
  taken: { readonly firstRow: number; readonly rows: number },
  rows: Place,
): void {
  const shape = { ...windowSizes(dims, geometry), ...taken, rowWords: rows.dims[1]! };
  steps.run(['unfold-rows/windows', 'unfold-rows/words'], shape, { X: { input: 0 }, A: rows.ref });
}

/** @param product [images · pixels, filters] of a portion. */
function turn(steps: Steps, product: Place, portion: Portion, to: Place, pixels: number): void {
  const [filters, { images, image, pixel }] = [product.dims[1]!, portion];
  const words = { ...product, dims: [images * portion.pixels, filters] };
  const from = { steps: [portion.pixels * filters, 1, filters] };
  const into = { first: image * filters * pixels + pixel, steps: [filters * pixels, pixels, 1] };
  steps.copy(words, from, to, into, [images, filters, portion.pixels]);
}

/** The turned product of all images plus the bias, in one pass. */
function addTurned(steps: Steps, product: Place, bias: Place, to: Place): void {
  const [images, filters] = to.dims as [number, number];
  const pixels = elementCount(to.dims.slice(2));
  const walk = { dims: [images, filters, pixels], a: [pixels * filters, 1, filters], b: [0, 1, 0] };
  steps.walked('elementwise-binary', 'add', walk, product, bias, to);
}

function biasOf(call: LowerCall, steps: Steps, filters: number, { output }: WindowGeometry): Place {
  const bias = steps.input(4);
  if (elementCount(bias.dims) !== filters) call.fail('bad-shape', 'there is not one bias for each filter');
  return { ...bias, dims: [filters, ...output.map(() => 1)] };
}

export default {
  'tilewatt.QuantizedMatMul': quantizedMatMul,
  'tilewatt.QuantizedConv': quantizedConv,
} satisfies Readonly<Record<string, Lower>>;
