/** The ladder that the products of 8-bit codes share: bodies, tunables and costs; operations bring bindings and scales. */
import type { DeviceFacts } from '../../../src/kernel/facts.js';
import type { Dispatch, Scratch, Tunable, Variant } from '../../../src/kernel/kernel.js';
import type { Cost } from '../../../src/kernel/operation.js';
import type { WgslSource } from '../../../src/kernel/wgsl.js';
import { type Dot4, dot4Requirements, dot4Sources } from '../dot4.js';
import type { GemmShape } from '../gemm-shape.js';
import unpack from '../unpack_int8.wgsl';
import { workgroupFits } from '../workgroup-fits.js';
import directBody from './direct.wgsl';
import dot16 from './dot16.wgsl';
import floatBody from './float.wgsl';
import naiveBody from './naive.wgsl';
import signed from './signed.wgsl';
import signedFloat from './signed_float.wgsl';
import store from './store.wgsl';
import tiledBody from './tiled.wgsl';
import unsigned from './unsigned.wgsl';

/** What an operation brings: where codes and scales lie, and how a sum becomes an element of C. */
export interface Scheme {
  /** Declare `codesA`, `codesB` (array<vec4u>), `C`, `fn quadsPerRow() -> u32` and `fn finish(row: u32, col: u32, sum: i32) -> f32`. */
  readonly sources: readonly WgslSource[];
  readonly codes: 'signed' | 'unsigned';
  /** Passes before the product, e.g. quantizing A. */
  readonly before?: (shape: GemmShape) => readonly Dispatch[];
  readonly scratch?: (variant: Variant<GemmShape>) => readonly Scratch[];
  /** Operations of the passes before and of scaling C. */
  readonly overhead: (shape: GemmShape) => Cost['operations'];
  /** The operation's own cost, for nominal operations and bytes. */
  readonly cost: (shape: GemmShape) => Cost;
}

type Group = 'groupX' | 'groupY';

const group: Readonly<Record<Group, Tunable>> = {
  groupX: { values: [8, 16], default: 16, about: 'workgroup width, along n' },
  groupY: { values: [8, 16], default: 16, about: 'workgroup height, along m' },
};

/** One invocation per element of C. */
export function naive(scheme: Scheme, dot4: Dot4) {
  return {
    title: dot4 === 'dot4' ? 'Naive, dot4' : 'Naive, unpacked to i32',
    summary:
      dot4 === 'dot4'
        ? 'One invocation per element of C; four products to an instruction.'
        : 'One invocation per element of C; every code is unpacked to an i32 and multiplied.',
    rung: dot4 === 'dot4' ? 2 : 1,
    wgsl: [...products(scheme, dot4), naiveBody],
    ...dot4Requirements(dot4),
    tunables: group,
    valid: fits(),
    ...passes(scheme, 1),
    cost: costFor(scheme, dot4, 4),
  };
}

/** 4 × 4 elements per invocation, no workgroup memory. */
export function direct(scheme: Scheme, dot4: Dot4) {
  return {
    title: dot4 === 'dot4' ? '4×4 per invocation, dot4' : '4×4 per invocation, unpacked to i32',
    summary:
      dot4 === 'dot4'
        ? 'Each invocation keeps 4×4 sums in registers, so that a loaded quad of 16 codes serves four times.'
        : 'The same 4×4 block with each code unpacked once and multiplied as i32, for devices without dot4.',
    rung: dot4 === 'dot4' ? 4 : 3,
    wgsl: [...products(scheme, dot4), store, directBody],
    ...dot4Requirements(dot4),
    tunables: group,
    valid: fits(),
    ...passes(scheme, 4),
    cost: costFor(scheme, dot4, 1),
  };
}

/** As `direct`, multiplying signed codes in f32 where that is exact. */
export function float(scheme: Scheme) {
  return {
    title: '4×4 per invocation, exact in f32',
    summary: 'Multiplies codes as f32, whole numbers below 2²⁴ and so exact, where f32 units outrun integer ones.',
    rung: 5,
    wgsl: [...scheme.sources, unpack, signedFloat, store, floatBody],
    tunables: group,
    valid: fits(),
    ...passes(scheme, 4),
    cost: ({ shape }: Variant<GemmShape>): Cost => ({
      ...scheme.cost(shape),
      operations: { ...scheme.overhead(shape), fma32: productsOf(shape), bit: productsOf(shape) },
    }),
  };
}

/** Tiles of both operands in workgroup memory, 4 × 4 elements per invocation. */
export function tiled(scheme: Scheme, dot4: Dot4) {
  const tileBytes = ({ tunables: { groupX = 0, groupY = 0, tileK = 0 } }: Variant<GemmShape>): number =>
    4 * (groupX + groupY) * tileK;
  return {
    title: dot4 === 'dot4' ? 'Tiled in workgroup memory, dot4' : 'Tiled in workgroup memory, unpacked to i32',
    summary:
      'Each workgroup copies quads of A and B into workgroup memory, and each invocation makes 4×4 elements of them.',
    rung: dot4 === 'dot4' ? 7 : 6,
    wgsl: [...products(scheme, dot4), store, tiledBody],
    ...dot4Requirements(dot4),
    tunables: {
      groupX: { values: [8, 16], default: 16, about: 'workgroup width; 4 columns of C per invocation' },
      groupY: { values: [8, 16], default: 16, about: 'workgroup height; 4 rows of C per invocation' },
      tileK: { values: [64, 128], default: 64, about: 'codes along k in workgroup memory at a time' },
    },
    valid: fits(tileBytes),
    ...passes(scheme, 4),
    cost: costFor(scheme, dot4, 1),
  };
}

function products(scheme: Scheme, dot4: Dot4): readonly WgslSource[] {
  const codes = scheme.codes === 'signed' ? signed : unsigned;
  return [...scheme.sources, ...dot4Sources(dot4), codes, dot16];
}

/** @param bytes of workgroup memory; none where left out. */
function fits(bytes: (variant: Variant<GemmShape>) => number = () => 0) {
  return (variant: Variant<GemmShape>, device: DeviceFacts): true | string => {
    const { groupX = 0, groupY = 0 } = variant.tunables;
    return workgroupFits(groupX * groupY, device, bytes(variant));
  };
}

function passes(scheme: Scheme, perInvocation: number) {
  return {
    ...(scheme.scratch ? { scratch: scheme.scratch } : {}),
    dispatch: ({ shape, tunables: { groupX, groupY } }: Variant<GemmShape, Group>): readonly Dispatch[] => [
      ...(scheme.before?.(shape) ?? []),
      {
        workgroups: [Math.ceil(shape.n / (groupX * perInvocation)), Math.ceil(shape.m / (groupY * perInvocation))],
      },
    ],
  };
}

/** @param unpacking shifts per product that unpacking costs: 4 for every element on its own, 1 in a 4 × 4 block. */
function costFor(scheme: Scheme, dot4: Dot4, unpacking: number) {
  return ({ shape }: Variant<GemmShape>): Cost => {
    const integer =
      dot4 === 'dot4'
        ? { dot4: shape.m * shape.n * Math.ceil(shape.k / 4) }
        : { imul: productsOf(shape), iadd: productsOf(shape), bit: unpacking * productsOf(shape) };
    return { ...scheme.cost(shape), operations: { ...scheme.overhead(shape), ...integer } };
  };
}

function productsOf({ m, n, k }: GemmShape): number {
  return m * n * k;
}
