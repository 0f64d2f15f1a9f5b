/** Conversions between element types that lie on the device. */
import { dataTypeOf } from '../../onnx/types.js';
import { type ElementType, elementCount, elementTypes } from '../../tensor.js';
import { deviceElementOf, type Lower, type LowerCall } from '../lowering.js';
import { isEmpty, leftToHost, Steps } from '../steps.js';
import { integerRange } from '../values.js';

/** Conversions to apply in turn. Values of 16-bit floats are computed in f32, so they are rounded before they become wider. */
function conversions(from: ElementType, to: ElementType): readonly string[] {
  const float = deviceElementOf(from) === 'f32';
  const settled = float && from !== 'f32' && from !== to ? [`f32-to-${from}`] : [];
  if (to === 'bool') return [...settled, float ? 'f32-to-bool' : 'i32-to-bool'];
  if (deviceElementOf(to) === 'f32') {
    return [...(float ? settled : ['i32-to-f32']), ...(to === 'f32' || to === from ? [] : [`f32-to-${to}`])];
  }
  return [...settled, ...(float ? ['f32-to-i32'] : []), ...(holds(to, float ? 'i32' : from) ? [] : [`i32-to-${to}`])];
}

/** Whether every value of an integer type is one of another. */
function holds(wide: ElementType, narrow: ElementType): boolean {
  const [[least, greatest], [low, high]] = [integerRange(wide)!, integerRange(narrow)!];
  return least <= low && high <= greatest;
}

function converted(call: LowerCall, to: ElementType | undefined) {
  const { type, dims } = call.input(0);
  if (to === undefined) return call.fail('bad-value', 'the type to cast to is not known');
  const odd = [type, to].find((each) => deviceElementOf(each) === undefined || each === 'i64');
  if (odd !== undefined) return leftToHost(odd);
  if (elementCount(dims) === 0) return isEmpty;
  const names = conversions(type, to);
  const steps = new Steps(call);
  if (names.length === 0) return steps.end([{ type: to, dims, sameAs: 0 }]);
  let x = steps.input(0);
  if ((to === 'i4' || to === 'u4') && deviceElementOf(type) === 'f32') {
    // Fractions saturate at the ends of the 4-bit types.
    const [alpha, beta] = integerRange(to)!;
    const inside = steps.temp(dims);
    steps.unary('clip', x, inside, { alpha, beta });
    x = inside;
  }
  for (const [i, name] of names.entries()) {
    const y = i === names.length - 1 ? steps.output(0, dims) : steps.temp(dims);
    steps.cast(name, x, y);
    x = y;
  }
  return steps.end([{ type: to, dims }]);
}

export default {
  Cast: (call) => {
    const to = call.int('to', 0);
    return converted(
      call,
      elementTypes.find((type) => dataTypeOf(type) === to),
    );
  },
  CastLike: (call) => converted(call, call.input(1).type),
} satisfies Readonly<Record<string, Lower>>;
