/** Quantizing and dequantizing with scales and zero points. */
import {
  perAxis,
  perBlock,
  perTensor,
  type ScaledShape,
  scaleCount,
} from '../../../../shaders/lib/quantization-axis.js';
import { reduceShape } from '../../../../shaders/reduce/operation.js';
import { dataTypeOf } from '../../onnx/types.js';
import { type ElementType, elementCount, elementTypes } from '../../tensor.js';
import type { Lower, LowerCall } from '../lowering.js';
import { axisOf } from '../shapes.js';
import { isEmpty, isFloatInput, isIntegerInput, leftToHost, type Place, Steps } from '../steps.js';
import { integerRange } from '../values.js';
import { around } from './reduce.js';

/** How the scales of input 1 lie over input 0, or why they are left to the host. */
function scaled(call: LowerCall): ScaledShape | string {
  const [{ dims }, scale] = [call.input(0), call.input(1)];
  if (elementCount(scale.dims) === 1) return perTensor(elementCount(dims));
  const axis = axisOf(call, call.int('axis', 1), dims.length);
  const { outer, axis: size, inner } = around(dims, axis);
  if (scale.dims.length === 1) {
    if (scale.dims[0] === size) return perAxis(outer, size, inner);
    return call.fail('bad-shape', `${scale.dims[0]} scales do not fit dimension ${axis} of [${dims}]`);
  }
  const block = call.int('block_size', 0) || Math.ceil(size / (scale.dims[axis] ?? 1));
  const blocked = dims.map((each, i) => (i === axis ? Math.ceil(each / block) : each));
  if (scale.dims.length === dims.length && blocked.every((each, i) => each === scale.dims[i]))
    return perBlock(outer, size, inner, block);
  return call.fail('bad-shape', `scales of [${scale.dims}] do not fit [${dims}] in blocks of ${block}`);
}

/** Zero points of input 2, or as many zeros as there are scales. */
function zeros(call: LowerCall, steps: Steps, shape: ScaledShape): Place {
  if (call.inputs[2] !== undefined) return steps.input(2);
  const count = scaleCount(shape);
  return steps.made('zeros', [count], () => new Int32Array(count));
}

function typeNamed(call: LowerCall): ElementType | undefined {
  const number = call.int('output_dtype', 0);
  return number === 0 ? undefined : elementTypes.find((type) => dataTypeOf(type) === number);
}

const quantize: Lower = (call) => {
  const { dims, type } = call.input(0);
  const to = call.inputs[2]?.type ?? typeNamed(call) ?? 'u8';
  if (!isFloatInput(call, 0)) return leftToHost(type);
  const range = integerRange(to);
  if (range === undefined || range[1] > 0xffff || (call.inputs[2] !== undefined && !isIntegerInput(call, 2)))
    return leftToHost(to);
  if (!isFloatInput(call, 1)) return leftToHost(call.input(1).type);
  if (elementCount(dims) === 0) return isEmpty;
  const shape = scaled(call);
  if (typeof shape === 'string') return shape;
  const steps = new Steps(call);
  const buffers = { x: { input: 0 }, scale: { input: 1 }, zero: zeros(call, steps, shape).ref, y: { output: 0 } };
  steps.run(['quantize-linear/naive'], { ...shape, low: range[0] >>> 0, high: range[1] }, buffers);
  return steps.end([{ type: to, dims }]);
};

const dequantize: Lower = (call) => {
  const { dims, type } = call.input(0);
  if (!isIntegerInput(call, 0)) return leftToHost(type);
  if (!isFloatInput(call, 1)) return leftToHost(call.input(1).type);
  if (elementCount(dims) === 0) return isEmpty;
  const shape = scaled(call);
  if (typeof shape === 'string') return shape;
  const steps = new Steps(call);
  const buffers = { x: { input: 0 }, scale: { input: 1 }, zero: zeros(call, steps, shape).ref, y: { output: 0 } };
  steps.run(['dequantize-linear/naive'], shape, buffers);
  return steps.end([{ type: typeNamed(call) ?? call.input(1).type, dims }]);
};

/** Scale (max − min) / 255 over a range that holds 0, zero point −min / scale rounded and cut to a byte. */
const dynamic: Lower = (call) => {
  const { dims, type } = call.input(0);
  if (!isFloatInput(call, 0)) return leftToHost(type);
  const count = elementCount(dims);
  if (count === 0) return isEmpty;
  const steps = new Steps(call);
  const number = (): Place => steps.temp([1]);
  const [most, least, top, bottom, range, ratio, whole, cut] = Array.from({ length: 8 }, number) as [
    Place,
    Place,
    Place,
    Place,
    Place,
    Place,
    Place,
    Place,
  ];
  const rungs = ['reduce/subgroup', 'reduce/workgroup', 'reduce/naive'];
  steps.run(rungs, reduceShape('max', 1, count, 1), { x: { input: 0 }, y: most.ref });
  steps.run(rungs, reduceShape('min', 1, count, 1), { x: { input: 0 }, y: least.ref });
  const end = 3.4028234663852886e38;
  steps.unary('clip', most, top, { alpha: 0, beta: end });
  steps.unary('clip', least, bottom, { alpha: -end, beta: 0 });
  steps.binary('elementwise-binary', 'sub', top, bottom, range);
  const scale = steps.output(1, []);
  steps.unary('affine', range, scale, { alpha: 1 / 255, beta: 0 });
  steps.binary('elementwise-binary', 'div', bottom, { ...scale, dims: [1] }, ratio);
  steps.unary('neg', ratio, whole);
  steps.unary('round', whole, ratio);
  steps.unary('clip', ratio, cut, { alpha: 0, beta: 255 });
  const zero = steps.output(2, []);
  steps.cast('f32-to-i32', cut, zero);
  // Who quantizes as it packs wants the scale and the zero point only.
  const wanted = call.node.outputs[0] !== '';
  const shape = { ...perTensor(count), low: 0, high: 255 };
  const buffers = { x: { input: 0 }, scale: scale.ref, zero: zero.ref, y: { output: 0 } };
  if (wanted) steps.run(['quantize-linear/naive'], shape, buffers);
  return steps.end([
    { type: 'u8', dims: wanted ? dims : [0] },
    { type: 'f32', dims: [] },
    { type: 'u8', dims: [] },
  ]);
};

export default {
  QuantizeLinear: quantize,
  DequantizeLinear: dequantize,
  DynamicQuantizeLinear: dynamic,
} satisfies Readonly<Record<string, Lower>>;
