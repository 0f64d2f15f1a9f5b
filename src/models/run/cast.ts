/** Conversion between element types by the rules of ONNX Cast. */
import type { ElementType } from '../tensor.js';
import type { Attributes } from './call.js';
import { isSmallFloat, type ScaleRounding, scaleRounding, smallFloatRounding } from './small-floats.js';
import { type HostTensor, hostStrings, hostTensor, integerRange, isFloat, rounding } from './values.js';

export interface CastRules {
  /** For 8-bit floats: what is too large becomes the largest. */
  readonly saturate: boolean;
  /** For e8m0. */
  readonly roundMode: ScaleRounding;
}

/** @throws ModelRunError `bad-value` for text that is no number where one is asked for. */
export function castTo(call: Attributes, tensor: HostTensor, type: ElementType, rules: CastRules): HostTensor {
  if (type === tensor.type) return tensor;
  if (type === 'string') return hostStrings(tensor.dims, textsOf(tensor));
  const data = tensor.strings ? parsed(call, tensor.strings, type) : tensor.data;
  const convert = conversion(tensor.type, type, rules);
  if (convert === undefined) return call.fail('unsupported-type', `${tensor.type} is not cast to ${type}`);
  const result = new Float64Array(data.length);
  for (let i = 0; i < result.length; i++) result[i] = convert(data[i]!);
  return hostTensor(type, tensor.dims, result);
}

function conversion(
  from: ElementType,
  to: ElementType,
  { saturate, roundMode }: CastRules,
): ((value: number) => number) | undefined {
  if (to === 'bool') return (value) => (value === 0 ? 0 : 1);
  if (to === 'e8m0') return scaleRounding(roundMode, saturate);
  if (isSmallFloat(to)) return smallFloatRounding(to, saturate);
  if (isFloat(to)) return rounding(to);
  const range = integerRange(to);
  if (range === undefined) return undefined;
  const [least, greatest] = range;
  const real = isFloat(from) || from === 'string';
  if (real && greatest < 16) return (value) => clampHalfEven(value, least, greatest);
  // What does not fit is undefined from floats, and loses its high bits from integers: both wrap here.
  if (greatest <= 2 ** 32) return integersOf(rounding(to));
  return integersOf((value) => (value >= least && value <= greatest ? value : wrapLong(value, to === 'i64')));
}

function integersOf(wrap: (value: number) => number): (value: number) => number {
  return (value) => (Number.isFinite(value) ? wrap(Math.trunc(value)) + 0 : 0);
}

function wrapLong(value: number, signed: boolean): number {
  return Number((signed ? BigInt.asIntN : BigInt.asUintN)(64, BigInt(value)));
}

/** Floats become 4- and 2-bit integers by rounding and saturating, as the ONNX project's reference does. */
function clampHalfEven(value: number, least: number, greatest: number): number {
  if (Number.isNaN(value)) return 0;
  const floor = Math.floor(value);
  const rest = value - floor;
  const rounded = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
  return Math.min(greatest, Math.max(least, rounded)) + 0;
}

const plainNumber = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/;
const specialNumber = /^\s*([+-]?)(nan|inf(inity)?)\s*$/i;

function parsed(call: Attributes, strings: readonly string[], type: ElementType): Float64Array {
  return Float64Array.from(strings, (text) => {
    const special = specialNumber.exec(text);
    if (special) return special[2]!.toLowerCase() === 'nan' ? Number.NaN : special[1] === '-' ? -1 / 0 : 1 / 0;
    if (plainNumber.test(text)) return Number(text);
    return call.fail('bad-value', `"${text.slice(0, 40)}" is no number that can be cast to ${type}`);
  });
}

function textsOf({ type, data }: HostTensor): readonly string[] {
  if (type === 'bool') return Array.from(data, (value) => (value ? 'True' : 'False'));
  if (!isFloat(type)) return Array.from(data, (value) => BigInt(value).toString());
  const round = rounding(type);
  const [least, most] = type === 'f64' ? [15, 17] : type === 'f32' ? [6, 9] : [1, 5];
  return Array.from(data, (value) => floatText(round(value), round, least, most));
}

/**
 * The shortest text that reads back as the same element, in the form of NumPy.
 * @param least digits that any element keeps, to `most`, which tell all elements apart.
 */
function floatText(value: number, round: (value: number) => number, least: number, most: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  let digits = least;
  while (digits < most && round(Number(value.toPrecision(digits))) !== value) digits++;
  const short = Number(value.toPrecision(digits));
  const [mantissa = '', exponent = ''] = short.toExponential().split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 16) {
    return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  const plain = String(short);
  return plain.includes('.') ? plain : `${plain}.0`;
}
