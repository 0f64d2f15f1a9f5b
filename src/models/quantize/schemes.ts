/** Quantization schemes by name: what becomes of weights and activations, and how each name is written. */
import { groupSizes } from '../../numerics/int4.js';
import { paperOffsetBits } from '../../numerics/lmul.js';
import type { Pattern } from '../run/pruned-weights.js';
import { QuantizeError } from './errors.js';

export type WeightFormatName =
  | 'int8'
  | 'int4'
  | 'nf4'
  | 'e4m3'
  | 'e5m2'
  | 'e2m1'
  | 'anybit'
  | 'bf16'
  | 'f16'
  | 'binary'
  | 'ternary';

/** Which weights share a scale: all of a tensor, those of one output channel, or neighbours along the reduction. */
export type WeightGranularity = 'tensor' | 'channel' | 'group';

export interface WeightScheme {
  readonly format: WeightFormatName;
  /** Bits of a stored code, scales apart. */
  readonly bits: number;
  readonly symmetric: boolean;
  readonly granularity: WeightGranularity;
  /** Weights per group where the granularity is `group`; the last group of a row may be shorter. */
  readonly groupSize?: number;
}

/** 8-bit asymmetric activations: ranges known before (`static`) or taken from each input as it comes (`dynamic`). */
export interface ActivationScheme {
  readonly kind: 'static' | 'dynamic';
  readonly type: 'u8' | 'i8';
}

export interface LmulScheme {
  /** Mantissa bits that operands keep, 2 … 23. */
  readonly m: number;
  /** The offset is 2⁻ˡ. */
  readonly l: number;
  /** All matrix products and convolutions, or only products of two activations, as attention makes them. */
  readonly scope: 'all' | 'attention';
}

export interface Scheme {
  readonly id: string;
  readonly title: string;
  readonly weights?: WeightScheme;
  readonly activations?: ActivationScheme;
  readonly lmul?: LmulScheme;
  /** 2:4 keeps the larger two of four neighbours along the reduction; `block` keeps half of the 16 × 16 blocks. */
  readonly prune?: Pattern;
}

const channel = { granularity: 'channel' } as const;

const titles: Readonly<Record<string, string>> = {
  nf4: 'NF4 weights',
  binary: 'Binary weights',
  ternary: 'Ternary weights',
};

/** Schemes that a menu offers; `parseScheme` knows more of the same patterns. */
const menu = [
  'f32',
  'f16',
  'bf16',
  'int8',
  'int8-dynamic',
  'int8-weights',
  'int6',
  'int4-g32',
  'int4-g32-asym',
  'int4-g128',
  'nf4-g64',
  'int3-g32',
  'int2-g32',
  'fp8-e4m3',
  'fp8-e5m2',
  'fp4-e2m1',
  'binary',
  'ternary',
  'lmul-m3',
  'lmul-m4',
  'lmul-m23',
  'lmul-m4-attention',
  'prune-2-4',
  'prune-block',
] as const;

export const schemes: readonly Scheme[] = menu.map(parseScheme);

/** Names beyond the menu. */
export const namePatterns = [
  'intB (B = 2 … 8), intB-gN or intB-gN-asym, nf4-gN, fp4-e2m1-gN (N = 32, 64, 128)',
  'any of these weights with -tensor instead of -gN',
  'lmul-mM[-lL][-attention] (M = 2 … 23, L = 1 … 24)',
] as const;

/** The patterns of names, as an error lists them. */
export const schemePatterns = [...menu, ...namePatterns] as const;

/** @throws QuantizeError `unknown-scheme`, which lists the schemes there are. */
export function parseScheme(id: string): Scheme {
  const scheme = fixed(id) ?? lmul(id) ?? integers(id) ?? floats(id);
  if (scheme !== undefined) return scheme;
  throw new QuantizeError(
    'unknown-scheme',
    `Scheme "${id.slice(0, 60)}"`,
    `is not known; there are ${schemePatterns.join(', ')}`,
  );
}

function fixed(id: string): Scheme | undefined {
  const float = (format: 'f16' | 'bf16', title: string): Scheme => ({
    id,
    title,
    weights: { format, bits: 16, symmetric: true, granularity: 'tensor' },
  });
  const int8: WeightScheme = { format: 'int8', bits: 8, symmetric: true, ...channel };
  switch (id) {
    case 'f32':
      return { id, title: 'Float 32' };
    case 'f16':
      return float(id, 'Float 16 weights');
    case 'bf16':
      return float(id, 'Bfloat 16 weights');
    case 'int8':
      return { id, title: 'INT8 weights and activations, static', weights: int8, activations: u8('static') };
    case 'int8-dynamic':
      return { id, title: 'INT8 weights and activations, dynamic', weights: int8, activations: u8('dynamic') };
    case 'int8-weights':
      return { id, title: 'INT8 weights', weights: int8 };
    case 'int8-weights-tensor':
      return { id, title: 'INT8 weights, one scale per tensor', weights: { ...int8, granularity: 'tensor' } };
    case 'prune-2-4':
      return { id, title: '2:4 pruning', prune: '2:4' };
    case 'prune-block':
      return { id, title: 'Block pruning, half of 16 × 16 blocks', prune: 'block' };
    default:
      return undefined;
  }
}

function u8(kind: ActivationScheme['kind']): ActivationScheme {
  return { kind, type: 'u8' };
}

function lmul(id: string): Scheme | undefined {
  const [, mText, lText, attention] = /^lmul-m(\d{1,2})(?:-l(\d{1,2}))?(-attention)?$/.exec(id) ?? [];
  if (mText === undefined) return undefined;
  const m = Number(mText);
  const l = lText === undefined ? paperOffsetBits(m) : Number(lText);
  if (m < 2 || m > 23 || l < 1 || l > 24) return undefined;
  const scope = attention === undefined ? 'all' : 'attention';
  const where = scope === 'all' ? 'all products' : 'attention only';
  return { id, title: `L-Mul, ${m} mantissa bits, offset 2^-${l}, ${where}`, lmul: { m, l, scope } };
}

function integers(id: string): Scheme | undefined {
  const [, base, bitText, place, groupText, asym] =
    /^(int([2-8])|nf4|binary|ternary)(-tensor|-g(\d{1,4}))?(-asym)?$/.exec(id) ?? [];
  if (base === undefined) return undefined;
  const granularity = granularityOf(place, groupText);
  if (granularity === undefined || (bitText === undefined && asym !== undefined)) return undefined;
  const bits = bitText === undefined ? { nf4: 4, binary: 1, ternary: 2 }[base]! : Number(bitText);
  const format = formatOf(base, bits);
  const title = [titles[base] ?? `INT${bits} weights`, describe(granularity), asym && 'with zero points'];
  return {
    id,
    title: title.filter(Boolean).join(', '),
    weights: { format, bits, symmetric: asym === undefined, ...granularity },
  };
}

function formatOf(base: string, bits: number): WeightFormatName {
  if (base === 'nf4' || base === 'binary' || base === 'ternary') return base;
  return bits === 4 ? 'int4' : bits === 8 ? 'int8' : 'anybit';
}

function floats(id: string): Scheme | undefined {
  const [, width, format, place, groupText] = /^fp([48])-(e4m3|e5m2|e2m1)(-tensor|-g(\d{1,4}))?$/.exec(id) ?? [];
  if (format === undefined || (width === '4') !== (format === 'e2m1')) return undefined;
  const byDefault = format === 'e2m1' ? ({ granularity: 'group', groupSize: 32 } as const) : channel;
  const granularity = place === undefined ? byDefault : granularityOf(place, groupText);
  if (granularity === undefined) return undefined;
  return {
    id,
    title: `FP${width} ${format} weights, ${describe(granularity)}`,
    weights: { format: format as 'e4m3' | 'e5m2' | 'e2m1', bits: Number(width), symmetric: true, ...granularity },
  };
}

type Sharing = Pick<WeightScheme, 'granularity' | 'groupSize'>;

function granularityOf(place: string | undefined, groupText: string | undefined): Sharing | undefined {
  if (place === undefined) return channel;
  if (groupText === undefined) return { granularity: 'tensor' };
  const groupSize = Number(groupText);
  return groupSizes.some((size) => size === groupSize) ? { granularity: 'group', groupSize } : undefined;
}

function describe({ granularity, groupSize }: Sharing): string {
  if (granularity === 'group') return `groups of ${groupSize}`;
  return granularity === 'channel' ? 'a scale per channel' : 'one scale per tensor';
}
