/** How an operator becomes dispatches of catalogue kernels: pure data, so that a plan can be made without a device. */

import { refuse } from '../../gpu/pipelines.js';
import { kernels } from '../../kernel/catalog.js';
import type { DeviceFacts } from '../../kernel/facts.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { BufferData, Shape } from '../../kernel/operation.js';
import { specialize } from '../../kernel/specialize.js';
import { completeTunables } from '../../kernel/tunables.js';
import type { Node } from '../graph.js';
import type { ElementType } from '../tensor.js';
import { Attributes } from './call.js';
import type { HostTensor } from './values.js';

/** How elements of a type lie in a GPU buffer: one 32-bit word each. */
export type DeviceElement = 'f32' | 'i32';

const onDevice: Readonly<Partial<Record<ElementType, DeviceElement>>> = {
  f32: 'f32',
  f16: 'f32',
  bf16: 'f32',
  i32: 'i32',
  i16: 'i32',
  u16: 'i32',
  i8: 'i32',
  u8: 'i32',
  i4: 'i32',
  u4: 'i32',
  bool: 'i32',
  // Indices: an upload checks that they fit.
  i64: 'i32',
};

/**
 * The element that a type has on the device, or undefined where values of it stay on the host (f64, u32, u64, text, …).
 * 16-bit floats are computed in f32 and rounded when they are read back.
 */
export function deviceElementOf(type: ElementType): DeviceElement | undefined {
  return onDevice[type];
}

/** An input as a lowering sees it. */
export interface Operand {
  readonly type: ElementType;
  readonly dims: readonly number[];
  /** Same on every run: a weight, or computed from weights. */
  readonly constant: boolean;
}

/** A buffer of a dispatch, from word `first` on where that is not its beginning: a multiple of 64. */
export type BufferRef = { readonly first?: number } & (
  | { readonly input: number }
  | { readonly output: number }
  /** Index into `Lowering.temps`. */
  | { readonly temp: number }
  /** Data made once and kept on the device, e.g. weights repacked; `key` names it within the node. */
  | { readonly made: string; readonly data: () => BufferData }
);

export interface DeviceStep {
  readonly kernel: Kernel;
  readonly shape: Shape;
  readonly tunables: Readonly<Record<string, number>>;
  /** By binding name. */
  readonly buffers: Readonly<Record<string, BufferRef>>;
}

export interface LoweredOutput {
  readonly type: ElementType;
  readonly dims: readonly number[];
  /** The output is this input under other dimensions; no step writes it. */
  readonly sameAs?: number;
}

export interface Lowering {
  readonly outputs: readonly LoweredOutput[];
  readonly steps: readonly DeviceStep[];
  /** Words of each buffer between the steps. */
  readonly temps?: readonly number[];
}

/** Thrown by `LowerCall.host` to say that a value must be read back before planning can go on. */
export class NeedsValue extends Error {
  readonly input: number;

  constructor(input: number) {
    super(`The value of input ${input} is needed`);
    this.input = input;
  }
}

export class LowerCall extends Attributes {
  /** Undefined where an optional input is left out. */
  readonly inputs: readonly (Operand | undefined)[];
  readonly facts: DeviceFacts;
  readonly #hostValue: (input: number) => HostTensor | undefined;
  #refusal: string | undefined;

  constructor(
    node: Node,
    opset: number,
    inputs: readonly (Operand | undefined)[],
    facts: DeviceFacts,
    hostValue: (input: number) => HostTensor | undefined,
  ) {
    super(node, opset);
    this.inputs = inputs;
    this.facts = facts;
    this.#hostValue = hostValue;
  }

  input(i: number): Operand {
    return this.inputs[i] ?? this.fail('missing-input', `input ${i} is left out, but is required`);
  }

  /**
   * The value of input `i` where shapes depend on it (axes, sizes, starts). The plan holds for this value only, so never ask
   * for one that steps read from its buffer. Undefined where the input is left out.
   */
  host(i: number): HostTensor | undefined {
    if (this.inputs[i] === undefined) return undefined;
    const value = this.#hostValue(i);
    if (value === undefined) throw new NeedsValue(i);
    return value;
  }

  /** Integers from input `i`, or from the attribute of older operator sets. */
  intsFrom(i: number, attribute: string): readonly number[] | undefined {
    const value = this.host(i);
    return value === undefined ? this.ints(attribute) : Array.from(value.data);
  }

  /** Why this device can run none of the kernels of the first step that it refused, e.g. for a buffer that is too large. */
  get refusal(): string | undefined {
    return this.#refusal;
  }

  /** Whether input `i` lies, or can lie, on the device as that element. */
  is(i: number, element: DeviceElement): boolean {
    const operand = this.inputs[i];
    return operand !== undefined && deviceElementOf(operand.type) === element;
  }

  /**
   * A dispatch of the first of these kernels that this device can run at this shape, with its default tunables; on a software
   * adapter of the first without barriers.
   * @param ids of one operation, the preferred first.
   * @returns undefined where none can.
   */
  step(
    ids: readonly string[],
    shape: Shape,
    buffers: Readonly<Record<string, BufferRef>>,
    given: Readonly<Record<string, number>> = {},
  ): DeviceStep | undefined {
    let reason: string | undefined;
    const able = ids.flatMap((id): readonly DeviceStep[] => {
      const kernel = kernels.get(id);
      if (kernel === undefined) throw new TypeError(`There is no kernel ${id}`);
      const tunables = completeTunables(kernel, given);
      // Sessions cut dispatches that are too wide.
      const refusal = refuse(kernel, { shape, tunables }, this.facts, true);
      if (refusal === undefined) return [{ kernel, shape, tunables, buffers }];
      reason = refusal.reason;
      return [];
    });
    if (able.length === 0) this.#refusal ??= reason;
    // A barrier costs a software adapter more than the sharing it allows saves: 12 times in attention, 10 in convolution.
    return (this.facts.software ? able.find((step) => !waits(step)) : undefined) ?? able[0];
  }
}

/** Whether the invocations of a workgroup wait for each other. */
function waits({ kernel, shape, tunables }: DeviceStep): boolean {
  return specialize(kernel, { shape, tunables }).code.includes('workgroupBarrier');
}

/** @returns the dispatches, or a clause on why this call is computed on the host instead: `f64 is not computed on a GPU`. */
export type Lower = (call: LowerCall) => Lowering | string;

/** A file under `device/` exports its lowerings by operator name, those of other domains as `domain.Name`. */
const modules = import.meta.glob<{ readonly default: Readonly<Record<string, Lower>> }>('./device/*.ts', {
  eager: true,
});

export const lowerings: ReadonlyMap<string, Lower> = new Map(
  Object.values(modules).flatMap(({ default: entries }) => Object.entries(entries)),
);
