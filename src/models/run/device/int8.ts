/** Layers with INT8 weights and activations in one piece: floats are quantized and packed, multiplied as bytes, and come back as floats. */

import { longestSum } from '../../../../shaders/bmm-i32/operation.js';
import type { Int8LayerShape } from '../../../../shaders/conv2d-int8/operation.js';
import type { LinearShape } from '../../../../shaders/gemm-int8-linear/operation.js';
import { elementCount } from '../../tensor.js';
import type { Lower, LowerCall } from '../lowering.js';
import { Steps } from '../steps.js';
import { convGeometry } from '../windows.js';
import {
  convRungs,
  gemmRungs,
  hasPlainWeights,
  movedBy,
  packedColumns,
  packedFilters,
  packImages,
  packRows,
  type Unpacked,
} from './lib/bytes.js';
import { epilogueOf } from './lib/epilogue.js';
import { noBias } from './lib/product.js';
import { windowSizes } from './lib/windows.js';

/** Inputs of both operators: floats, scale and zero point of their codes, weights, factors of the sums, and a bias. */
const [x, scale, zero, w, factors, bias] = [0, 1, 2, 3, 4, 5];

/** Why these inputs are left to the host, or undefined. */
function unfit(call: LowerCall): string | undefined {
  const floats = [x, scale, factors, ...(call.inputs[bias] === undefined ? [] : [bias])];
  // Results have the type of the factors; narrower floats are rounded between the steps that are one here.
  const stranger = floats.find((i) => call.input(i).type !== 'f32') ?? (call.is(zero, 'i32') ? undefined : zero);
  if (stranger !== undefined) return `${call.input(stranger).type} is not computed with here`;
  if (elementCount(call.input(scale).dims) !== 1 || elementCount(call.input(zero).dims) !== 1)
    return 'its activations have more than one scale';
  if (!hasPlainWeights(call, w)) return 'its weights are no constants with a zero point of 0';
  return epilogueOf(call) === undefined ? 'its activation is not applied on the device' : undefined;
}

/** Whether the factors are one, or one for each of `count` channels of which `after` dimensions follow. */
function fitFactors(call: LowerCall, count: number, after: number): boolean {
  const { dims } = call.input(factors);
  if (elementCount(dims) === 1) return true;
  if (elementCount(dims) !== count) return false;
  return (call.int('along', 0) === 1 && dims.length === 1) || dims.at(-1 - after) === count;
}

const activations = (call: LowerCall): Unpacked => ({
  input: x,
  scale: { input: scale },
  zero: { input: zero },
  moved: movedBy(call.input(zero).type),
});

const conv: Lower = (call) => {
  const refusal = unfit(call);
  if (refusal !== undefined) return refusal;
  const { dims } = call.input(x);
  const weights = call.input(w).dims;
  if (dims.length < 3 || dims.length > 4) return 'windows of three dimensions are slid on the host';
  const groups = call.int('group', 1);
  const filters = weights[0]!;
  if (weights.length !== dims.length || weights[1]! * groups !== dims[1] || filters % groups !== 0)
    call.fail('bad-shape', `filters [${weights}] in ${groups} groups do not fit an input of [${dims}]`);
  if (!fitFactors(call, filters, dims.length - 2)) return 'its factors are neither one nor one for each filter';
  const geometry = convGeometry(call, dims.slice(2), weights.slice(2));
  const output = [dims[0]!, filters, ...geometry.output];
  if (elementCount(output) * elementCount(weights) === 0) return 'it is empty';
  const shape = {
    ...windowSizes(dims, geometry),
    ...{ filters, groups, moved: activations(call).moved, bias: call.inputs[bias] === undefined ? 1 : 2 },
    ...{ scales: elementCount(call.input(factors).dims), ...epilogueOf(call)! },
  } as Int8LayerShape;
  const depthwise = groups > 1 && groups === dims[1];
  const rungs = [...(depthwise ? ['conv2d-int8/depthwise'] : []), ...convRungs('conv2d-int8')];
  const steps = new Steps(call);
  const packed = packImages(steps, activations(call), shape);
  const { words, sums } = packedFilters(call, w, shape);
  steps.run(rungs, shape, {
    ...{ X: packed.ref, W: words, zero: { input: zero }, weightSums: sums, scale: { input: factors } },
    ...{ bias: shape.bias === 1 ? noBias : { input: bias }, Y: { output: 0 } },
  });
  return steps.end([{ type: 'f32', dims: output }]);
};

const matMul: Lower = (call) => {
  const refusal = unfit(call);
  if (refusal !== undefined) return refusal;
  const { dims } = call.input(x);
  const turned = call.int('transB', 0) !== 0;
  const [k, n] = (turned ? call.input(w).dims.toReversed() : call.input(w).dims) as readonly [number, number];
  if (dims.length < 2 || call.input(w).dims.length !== 2) return 'only products with one right matrix are packed';
  if (dims.at(-1) !== k) call.fail('bad-shape', `[${dims}] and [${k},${n}] do not multiply`);
  if (!fitFactors(call, n, 0)) return 'its factors are neither one nor one for each column';
  if (k > longestSum) return `sums of ${k} products may need more than 32 bits`;
  const m = elementCount(dims.slice(0, -1));
  if (m * n * k === 0) return 'it is empty';
  const shape = {
    ...{ m, n, k, moved: activations(call).moved, bias: call.inputs[bias] === undefined ? 1 : 2 },
    ...{ scales: elementCount(call.input(factors).dims), ...epilogueOf(call)! },
  } as LinearShape;
  const steps = new Steps(call);
  const packed = packRows(steps, activations(call), m, k);
  const { words, sums } = packedColumns(call, w, turned);
  // Tiles pay where there are enough rows and columns to fill them.
  const tiled = m >= 64 && n >= 64 ? ['gemm-int8-linear/tiled-dot4'] : [];
  steps.run([...tiled, ...gemmRungs('gemm-int8-linear')], shape, {
    ...{ codesA: packed.ref, codesB: words, zero: { input: zero }, weightSums: sums, scale: { input: factors } },
    ...{ bias: shape.bias === 1 ? noBias : { input: bias }, C: { output: 0 } },
  });
  return steps.end([{ type: 'f32', dims: [...dims.slice(0, -1), n] }]);
};

export default {
  'tilewatt.Int8Conv': conv,
  'tilewatt.Int8MatMul': matMul,
} satisfies Readonly<Record<string, Lower>>;
