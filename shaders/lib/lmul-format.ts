/** What the L-Mul operations share: the format as parameters of the shape, the WGSL of each mode, what a product costs. */
import type { Cost, Parameter } from '../../src/kernel/operation.js';
import type { WgslSource } from '../../src/kernel/wgsl.js';
import { type LmulFormat, type LmulMode, lmulModes, lmulRefusal, lmulRoundings } from '../../src/numerics/lmul.js';
import adderExact from './lmul_adder_exact.wgsl';
import adderFast from './lmul_adder_fast.wgsl';
import closedForm from './lmul_closed_form.wgsl';
import native from './lmul_native.wgsl';
import operand from './lmul_operand.wgsl';

/** The format in a shape: it defines what is computed, so it belongs to the operation and not to the tunables. */
export interface LmulShape {
  readonly [name: string]: number;
  /** 1 adder exact, 2 adder fast, 3 closed form. */
  readonly mode: number;
  readonly mantissaBits: number;
  readonly offsetBits: number;
  /** 1 truncates, 2 rounds to nearest even. */
  readonly rounding: number;
}

export const lmulParameters: readonly Parameter[] = [
  { name: 'mode', about: '1 adder exact, 2 adder fast, 3 closed form' },
  { name: 'mantissaBits', about: 'm, mantissa bits kept of each operand, 2 to 23' },
  { name: 'offsetBits', about: 'l of the offset 2^-l, 1 to 24; 24 leaves no offset' },
  { name: 'rounding', about: 'of operands to m bits: 1 truncates, 2 rounds to nearest even' },
];

/** f32 operands as they are, with the paper's l(23) = 4. */
export const exactF32 = { mode: 1, mantissaBits: 23, offsetBits: 4, rounding: 1 } as const;
export const fastF32 = { ...exactF32, mode: 2 } as const;
export const closedF32 = { ...exactF32, mode: 3 } as const;
/** Mode 4 of matrix products: native multiplication of the same reduced operands, the yardstick within the same kernel. */
export const nativeF32 = { ...exactF32, mode: 4 } as const;
/** The reading in which 4 bits match e4m3: truncated operands with the paper's l(4) = 3. */
export const exact4Bits = { mode: 1, mantissaBits: 4, offsetBits: 3, rounding: 1 } as const;
/** One format for each mode and rounding, for correctness cases. */
export const variedFormats = [
  exactF32,
  fastF32,
  closedF32,
  exact4Bits,
  { mode: 2, mantissaBits: 3, offsetBits: 3, rounding: 2 },
  { mode: 3, mantissaBits: 7, offsetBits: 4, rounding: 2 },
  { mode: 1, mantissaBits: 10, offsetBits: 24, rounding: 2 },
] as const;

/** @throws RangeError for a mode or rounding that is not there, or bits out of range. */
export function lmulFormatOf(shape: LmulShape): LmulFormat {
  const mode = lmulModes[shape.mode - 1];
  const rounding = lmulRoundings[shape.rounding - 1];
  if (!mode) throw new RangeError(`mode is 1 (adder exact), 2 (adder fast) or 3 (closed form), not ${shape.mode}.`);
  if (!rounding) throw new RangeError(`rounding is 1 (truncate) or 2 (nearest even), not ${shape.rounding}.`);
  const format = { mode, rounding, mantissaBits: shape.mantissaBits, offsetBits: shape.offsetBits };
  const refusal = lmulRefusal(format);
  if (refusal) throw new RangeError(refusal);
  return format;
}

export function isNative({ mode }: LmulShape): boolean {
  return mode === nativeF32.mode;
}

/** `true`, or why the format in the shape cannot be used. */
export function validLmul(shape: LmulShape): true | string {
  try {
    lmulFormatOf(shape);
    return true;
  } catch (error) {
    return (error as RangeError).message;
  }
}

const modeFiles: Readonly<Record<LmulMode, WgslSource>> = {
  'adder-exact': adderExact,
  'adder-fast': adderFast,
  'closed-form': closedForm,
};

/** `lmulLeft`, `lmulRight`, `lmulProducts` and `lmulProduct` of the shape's mode. */
export function lmulSources(shape: LmulShape): readonly WgslSource[] {
  return [operand, isNative(shape) ? native : modeFiles[lmulFormatOf(shape).mode]];
}

/** Integer additions and other integer operations of one product, counted in the WGSL; its f32 addition comes on top. */
const perProduct: Readonly<Record<LmulMode, { readonly iadd: number; readonly bit: number }>> = {
  'adder-exact': { iadd: 2, bit: 8 },
  'adder-fast': { iadd: 1, bit: 0 },
  'closed-form': { iadd: 6, bit: 16 },
};

/** The same for preparing one operand at load. */
const perOperand: Readonly<Record<LmulMode, { readonly iadd: number; readonly bit: number }>> = {
  'adder-exact': { iadd: 2, bit: 10 },
  'adder-fast': { iadd: 3, bit: 14 },
  'closed-form': { iadd: 2, bit: 10 },
};

/** Integer work of `products` L-Muls whose operands are prepared `preparations` times in all. */
export function lmulWork(shape: LmulShape, products: number, preparations: number): Cost['operations'] {
  const { mode } = lmulFormatOf(shape);
  const [product, operand] = [perProduct[mode], perOperand[mode]];
  return {
    iadd: product.iadd * products + operand.iadd * preparations,
    bit: product.bit * products + operand.bit * preparations,
  };
}
