/** Collects the dispatches of a lowering: one method per kernel family, each choosing the best rung the device can run. */

import { conversionNumber } from '../../../shaders/cast/conversions.js';
import { floatFunctions } from '../../../shaders/elementwise-binary/functions.js';
import { integerFunctions } from '../../../shaders/elementwise-binary-i32/functions.js';
import { comparisons } from '../../../shaders/elementwise-compare/operation.js';
import type { Scalars } from '../../../shaders/elementwise-unary/functions.js';
import { unaryShape } from '../../../shaders/elementwise-unary/operation.js';
import { type BinaryFunction, binaryShape, numberIn } from '../../../shaders/lib/elementwise/binary.js';
import { walk } from '../../../shaders/lib/strided/strided.js';
import { copyShape, type Walk } from '../../../shaders/strided-copy/operation.js';
import type { Shape } from '../../kernel/operation.js';
import { elementCount } from '../tensor.js';
import { noKernel } from './errors.js';
import type { BufferRef, DeviceStep, LowerCall, LoweredOutput, Lowering } from './lowering.js';
import { broadcastStrides, stridesOf } from './shapes.js';
import { coalesce } from './walks.js';

/** A buffer and the dimensions of what lies in it. */
export interface Place {
  readonly ref: BufferRef;
  readonly dims: readonly number[];
}

/** Dimensions, and the elements from step to step of two operands along each. */
export interface BinaryWalk {
  readonly dims: readonly number[];
  readonly a: readonly number[];
  readonly b: readonly number[];
}

export type BinaryKind = 'elementwise-binary' | 'elementwise-compare' | 'elementwise-binary-i32';

const functionsOf: Readonly<Record<BinaryKind, readonly BinaryFunction[]>> = {
  'elementwise-binary': floatFunctions,
  'elementwise-compare': comparisons,
  'elementwise-binary-i32': integerFunctions,
};

export const tooManyDimensions = 'more than six dimensions are left when those that lie alike are joined';

export class Steps {
  readonly #call: LowerCall;
  readonly #steps: DeviceStep[] = [];
  readonly #temps: number[] = [];
  #refusal: string | undefined;

  constructor(call: LowerCall) {
    this.#call = call;
  }

  /** The first of these kernels that the device can run. */
  run(ids: readonly string[], shape: Shape, buffers: Readonly<Record<string, BufferRef>>): void {
    this.add(this.#call.step(ids, shape, buffers));
  }

  /** A dispatch chosen elsewhere; undefined where no kernel can run it. */
  add(step: DeviceStep | undefined): void {
    if (step === undefined) this.refuse(noKernel);
    else this.#steps.push(step);
  }

  /** Ends as a reason for the host, whatever else is added. */
  refuse(reason: string): void {
    this.#refusal ??= reason;
  }

  temp(dims: readonly number[]): Place {
    return { ref: { temp: this.#temps.push(elementCount(dims)) - 1 }, dims };
  }

  input(i: number): Place {
    return { ref: { input: i }, dims: this.#call.input(i).dims };
  }

  output(i: number, dims: readonly number[]): Place {
    return { ref: { output: i }, dims };
  }

  /** Output `i` where the node has one, else room for what nobody takes. */
  wanted(i: number, dims: readonly number[]): Place {
    return i < this.#call.node.outputs.length ? this.output(i, dims) : this.temp(dims);
  }

  /** Numbers known while planning; `key` names them within the node. */
  made(key: string, dims: readonly number[], data: () => Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>): Place {
    return { ref: { made: key, data }, dims };
  }

  unary(name: string, x: Place, y: Place, scalars: Partial<Scalars> = {}): void {
    const shape = unaryShape(name, elementCount(y.dims), scalars);
    this.run(['elementwise-unary/vec4', 'elementwise-unary/naive'], shape, { x: x.ref, y: y.ref });
  }

  cast(name: string, x: Place, y: Place): void {
    const shape = { words: elementCount(y.dims), f: conversionNumber(name) };
    this.run(['cast/naive'], shape, { x: x.ref, y: y.ref });
  }

  /** Operands are broadcast to the dimensions of c. */
  binary(kind: BinaryKind, name: string, a: Place, b: Place, c: Place): void {
    const [own, other] = [a, b].map(({ dims }) => broadcastStrides(dims, c.dims)) as [number[], number[]];
    this.walked(kind, name, { dims: c.dims, a: own, b: other }, a, b, c);
  }

  /** Operands lie as the walk steps through them, c row by row. */
  walked(kind: BinaryKind, name: string, { dims, ...by }: BinaryWalk, a: Place, b: Place, c: Place): void {
    const walks = coalesce(dims, by.a, by.b);
    if (walks === undefined) {
      this.refuse(tooManyDimensions);
      return;
    }
    const shape = binaryShape(numberIn(functionsOf[kind], name), walks.dims, walks.steps[0]!, walks.steps[1]!);
    this.run([`${kind}/line`, `${kind}/strided`], shape, { A: a.ref, B: b.ref, C: c.ref });
  }

  /** y = c ≠ 0 ? a : b on words; operands are broadcast to the dimensions of y. */
  select(c: Place, a: Place, b: Place, y: Place): void {
    const walks = coalesce(y.dims, ...[c, a, b].map(({ dims }) => broadcastStrides(dims, y.dims)));
    if (walks === undefined) {
      this.refuse(tooManyDimensions);
      return;
    }
    const [cSteps, aSteps, bSteps] = walks.steps as [readonly number[], readonly number[], readonly number[]];
    const shape = walk(walks.dims, { c: cSteps, a: aSteps, b: bSteps });
    this.run(['select/naive'], shape, { C: c.ref, A: a.ref, B: b.ref, Y: y.ref });
  }

  /** Moves words between strided places; `first` and `steps` in elements. */
  copy(x: Place, from: Omit<Walk, 'words'>, y: Place, to: Omit<Walk, 'words'>, dims: readonly number[]): void {
    const walks = coalesce(dims, from.steps, to.steps);
    if (walks === undefined) {
      this.refuse(tooManyDimensions);
      return;
    }
    const shape = copyShape(
      walks.dims,
      { first: from.first ?? 0, steps: walks.steps[0]!, words: elementCount(x.dims) },
      { first: to.first ?? 0, steps: walks.steps[1]!, words: elementCount(y.dims) },
    );
    // A tile of a narrow matrix would be mostly empty.
    const wide = walks.dims.slice(-2).every((size) => size >= 16);
    const rungs = wide ? ['strided-copy/tiled', 'strided-copy/strided'] : ['strided-copy/strided'];
    this.run(rungs, shape, { x: x.ref, y: y.ref });
  }

  /** Dimensions in another order: the same place where only sizes of 1 move, else written to `to` or room of its own. */
  permuted(x: Place, order: readonly number[], to?: Place): Place {
    const dims = order.map((axis) => x.dims[axis]!);
    if (to === undefined && liesAlike(x.dims, order)) return { ref: x.ref, dims };
    const y = to ?? this.temp(dims);
    const strides = stridesOf(x.dims);
    this.copy(x, { steps: order.map((axis) => strides[axis]!) }, y, { steps: stridesOf(dims) }, dims);
    return y;
  }

  end(outputs: readonly LoweredOutput[]): Lowering | string {
    if (this.#refusal !== undefined) return this.#refusal;
    return { outputs, steps: this.#steps, temps: this.#temps };
  }
}

/** Whether dimensions in another order leave every element where it lies: only sizes of 1 move. */
export function liesAlike(dims: readonly number[], order: readonly number[]): boolean {
  const moved = order.filter((axis) => dims[axis] !== 1);
  return moved.every((axis, i) => i === 0 || axis > moved[i - 1]!);
}

/** Whether input `i` is f32, f16 or bf16, all of which are computed in f32. */
export function isFloatInput(call: LowerCall, i: number): boolean {
  return call.is(i, 'f32');
}

/** Whether input `i` is an integer of at most 32 bits or bool. Indices of 64 bits are only looked up, never computed with. */
export function isIntegerInput(call: LowerCall, i: number): boolean {
  return call.is(i, 'i32') && call.input(i).type !== 'i64';
}

/** Whether elements of input `i` can be moved as words. */
export function isWordInput(call: LowerCall, i: number): boolean {
  return isFloatInput(call, i) || isIntegerInput(call, i);
}

/** Why an element type is left to the host. */
export function leftToHost(type: string): string {
  return `${type} is left to the host`;
}

export const isEmpty = 'it is empty';
