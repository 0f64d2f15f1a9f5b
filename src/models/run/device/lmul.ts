/** L-Mul products on the catalogue's kernels, bit by bit as the host computes them: matrices, and windows unfolded into columns. */
import { elementCount } from '../../tensor.js';
import { lmulShape } from '../host/lmul.js';
import type { Lower, LowerCall } from '../lowering.js';
import { broadcastDims } from '../shapes.js';
import { isEmpty, type Place, Steps } from '../steps.js';
import { convGeometry } from '../windows.js';
import { broadcastBatch } from './lib/product.js';
import { windowSizes } from './lib/windows.js';

/** Best first. Operands prepared ahead pay where a column serves many rows. */
const rungs = ['gemm-lmul/panels', 'gemm-lmul/blocked', 'gemm-lmul/direct', 'gemm-lmul/naive'];
const flatRungs = ['gemm-lmul/direct', 'gemm-lmul/naive'];
const fewRows = 32;

/** Words of unfolded windows that lie on the device at a time, 32 MiB, unless one image has more. */
const columnsAtATime = 2 ** 23;

/** Products of one node that are dispatched one by one; more are not worth recording. */
const mostProducts = 1024;

interface Sizes {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** Matrices of `count` elements within a buffer as buffers of their own: the buffer that one fills, or a copy where they share it. */
function partsOf(steps: Steps, place: Place, count: number): (index: number) => Place {
  if (elementCount(place.dims) === count) return () => place;
  const copy = steps.temp([count]);
  return (index) => {
    steps.copy(place, { first: index * count, steps: [1] }, copy, { steps: [1] }, [count]);
    return copy;
  };
}

function multiply(call: LowerCall, steps: Steps, { m, n, k }: Sizes, a: Place, b: Place, c: Place): void {
  steps.run(m <= fewRows ? flatRungs : rungs, { m, n, k, ...lmulShape(call) }, { A: a.ref, B: b.ref, C: c.ref });
}

const matMul: Lower = (call) => {
  const [a, b] = [call.input(0), call.input(1)];
  if (!call.is(0, 'f32') || !call.is(1, 'f32')) return `${a.type} is not multiplied on the device`;
  if (a.dims.length < 2 || b.dims.length < 2) return 'vectors are multiplied on the host';
  const [k, n] = b.dims.slice(-2) as [number, number];
  if (a.dims.at(-1) !== k) call.fail('bad-shape', `[${a.dims}] and [${b.dims}] do not multiply`);
  const [outerA, outerB] = [a.dims.slice(0, -2), b.dims.slice(0, -2)];
  const outer = broadcastDims(call, outerA, outerB);
  const dims = [...outer, a.dims.at(-2)!, n];
  if (elementCount(dims) * k === 0) return isEmpty;
  // One right matrix for all is one product with more rows.
  const shared = elementCount(outerB) === 1 && elementCount(outerA) === elementCount(outer);
  const count = shared ? 1 : elementCount(outer);
  const [inA, inB] = [broadcastBatch(outerA, outer), broadcastBatch(outerB, outer)];
  if (inA === undefined || inB === undefined) return 'its batches broadcast in a way that no kernel knows';
  if (count > mostProducts) return `${count} products of one node are computed on the host`;
  const sizes = { m: elementCount(dims) / n / count, n, k };
  const steps = new Steps(call);
  const result = steps.output(0, dims);
  const [left, right] = [partsOf(steps, steps.input(0), sizes.m * k), partsOf(steps, steps.input(1), k * n)];
  const one = count === 1 ? result : steps.temp([sizes.m * n]);
  for (let i = 0; i < count; i++) {
    const [fromA, fromB] = [inA, inB].map(({ repeat, count: own }) => Math.floor(i / repeat) % own) as [number, number];
    multiply(call, steps, sizes, left(fromA), right(fromB), one);
    if (one !== result) steps.copy(one, { steps: [1] }, result, { first: i * sizes.m * n, steps: [1] }, [sizes.m * n]);
  }
  return steps.end([{ type: a.type, dims }]);
};

/** Windows as columns of some images, a product for each group, and the results where they belong. */
const conv: Lower = (call) => {
  const stranger = call.inputs.findIndex((operand, i) => operand !== undefined && !call.is(i, 'f32'));
  if (stranger >= 0) return `${call.input(stranger).type} is not convolved on the device`;
  const [x, w, bias] = [call.input(0), call.input(1), call.inputs[2]];
  if (x.dims.length < 3 || x.dims.length > 4) return 'windows of three dimensions are slid on the host';
  const groups = call.int('group', 1);
  const [batch, channels] = x.dims as [number, number];
  const filters = w.dims[0]!;
  if (w.dims.length !== x.dims.length || w.dims[1]! * groups !== channels || filters % groups !== 0)
    call.fail('bad-shape', `weights [${w.dims}] in ${groups} groups do not fit an input of [${x.dims}]`);
  const geometry = convGeometry(call, x.dims.slice(2), w.dims.slice(2));
  const dims = [batch, filters, ...geometry.output];
  if (elementCount(dims) * elementCount(w.dims) === 0) return isEmpty;
  const pixels = elementCount(geometry.output);
  const [m, k] = [filters / groups, elementCount(w.dims) / filters];
  const images = Math.min(batch, Math.max(1, Math.floor(columnsAtATime / (k * pixels))));
  if (Math.ceil(batch / images) * groups > mostProducts) return 'so many groups of images are convolved on the host';
  const steps = new Steps(call);
  const result = steps.output(0, dims);
  const sums = bias === undefined ? result : steps.temp(dims);
  const columns = steps.temp([k, images * pixels]);
  // Of one group in one image it is the result.
  const whole = groups === 1 && batch === 1;
  const product = whole ? sums : steps.temp([m, images * pixels]);
  const weightsOf = partsOf(steps, steps.input(1), m * k);
  for (let group = 0; group < groups; group++) {
    const weights = weightsOf(group);
    for (let first = 0; first < batch; first += images) {
      const count = Math.min(images, batch - first);
      const own = { firstChannel: group * (channels / groups), taken: channels / groups };
      const shape = { ...windowSizes(x.dims, geometry), ...own, firstImage: first, images: count };
      const n = count * pixels;
      steps.run(['unfold/taps'], shape, { X: { input: 0 }, columns: columns.ref });
      multiply(call, steps, { m, n, k }, weights, columns, product);
      if (whole) continue;
      // From filters of all images to images of all filters.
      const to = { first: (first * filters + group * m) * pixels, steps: [filters * pixels, pixels, 1] };
      steps.copy({ ...product, dims: [m, n] }, { steps: [pixels, n, 1] }, sums, to, [count, m, pixels]);
    }
  }
  if (bias !== undefined) {
    const row = { ...steps.input(2), dims: [filters, ...geometry.output.map(() => 1)] };
    if (elementCount(bias.dims) !== filters) call.fail('bad-shape', 'there is not one bias for each filter');
    steps.binary('elementwise-binary', 'add', sums, row, result);
  }
  return steps.end([{ type: x.type, dims }]);
};

export default {
  'tilewatt.LmulMatMul': matMul,
  'tilewatt.LmulConv': conv,
} satisfies Readonly<Record<string, Lower>>;
