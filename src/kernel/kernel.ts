/** A `Kernel` says how an operation is computed: WGSL, what it requires, what can be tuned, how it is dispatched. */
import type { DeviceFacts } from './facts.js';
import type { Cost, ElementType, Operation, Shape, Signature } from './operation.js';
import type { WgslSource } from './wgsl.js';

/** Values of a kernel's tunables by name; camelCase here, SCREAMING_SNAKE as WGSL constants. */
export type Tunables<Name extends string = string> = Readonly<Record<Name, number>>;

export interface Tunable {
  /** All values it may have, ascending: those that are tested, searched by autotuning, and offered by the page's form. */
  readonly values: readonly number[];
  readonly default: number;
  readonly about: string;
}

/** One dispatch of one entry point. Several run in order within one compute pass, each seeing the writes of those before. */
export interface Dispatch {
  /** `main` where left out. */
  readonly entryPoint?: string;
  readonly workgroups: readonly [x: number, y?: number, z?: number];
}

/** A buffer of the kernel's own, between its dispatches; bound `read_write` after the operation's bindings, in order. */
export interface Scratch {
  readonly name: string;
  readonly element: ElementType;
  readonly length: number;
}

/** One way to build a kernel: these sizes with these tunables. */
export interface Variant<S extends Shape = Shape, Name extends string = string> {
  readonly shape: S;
  readonly tunables: Tunables<Name>;
}

export interface Requirements {
  readonly features?: readonly string[];
  /** WGSL language features; also written as `requires` directives. */
  readonly language?: readonly string[];
}

/** What can be run. The library's kernels are this much; `Kernel` can be checked and timed too. */
export interface RunnableKernel<S extends Shape = any, Name extends string = any> {
  /** Path below `shaders/` without extension: `gemm-f32/tiled`. */
  readonly id: string;
  readonly title: string;
  /** The idea in one sentence: what this rung does that the one before does not. */
  readonly summary: string;
  readonly computes: Signature<S>;
  /**
   * Sources to concatenate. A function where the choice of files depends on the variant, e.g. vec4 loads where rows are
   * 16-byte aligned; variants with the same text share one pipeline.
   */
  readonly wgsl: readonly WgslSource[] | ((variant: Variant<S, Name>) => readonly WgslSource[]);
  readonly requires?: Requirements;
  readonly tunables: Readonly<Record<Name, Tunable>>;
  /** Place among the operation's rungs, low first; ties by id. */
  readonly rung: number;
  /** `true`, or the reason why this variant cannot run on such a device. Features and buffer sizes are checked elsewhere. */
  readonly valid?: (variant: Variant<S, Name>, device: DeviceFacts) => true | string;
  readonly scratch?: (variant: Variant<S, Name>) => readonly Scratch[];
  readonly dispatch: (variant: Variant<S, Name>) => readonly Dispatch[];
  /** Where a kernel does other work than the operation's cost says (approximate or bit-serial arithmetic, extra passes). */
  readonly cost?: (variant: Variant<S, Name>) => Cost;
}

/** A kernel whose operation is all there, as every one in the catalogue. */
export interface Kernel<S extends Shape = any, Name extends string = any> extends RunnableKernel<S, Name> {
  readonly computes: Operation<S>;
}

/** Gives a kernel its types: tunable names are inferred, so a wrong one is a compile error. */
export function defineKernel<S extends Shape, Name extends string = never>(
  kernel: RunnableKernel<S, Name>,
): RunnableKernel<S, Name> {
  return kernel;
}

/** Cost of a variant: the kernel's own where it states one, else the operation's. */
export function costOf<S extends Shape>(kernel: Kernel<S>, variant: Variant<S>): Cost {
  return kernel.cost?.(variant) ?? kernel.computes.cost(variant.shape);
}
