/** An `Operation` says what is computed: sizes and buffers, inputs, exact answer with an error bound, cost, shapes worth trying. */
import type { Random } from '../numerics/random.js';

/** Sizes of one problem, e.g. `{ m, n, k }`; every value is a positive integer, or zero where its parameter allows it. */
export type Shape = Readonly<Record<string, number>>;

export type ElementType = 'f32' | 'f16' | 'u32' | 'i32';

export type BufferData =
  | Float32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>;

/** Contents of the operation's buffers by binding name; f16 travels as its codes in a Uint16Array. */
export type Buffers = Readonly<Record<string, BufferData>>;

/** One number of a shape. Its place in `Signature.parameters` is its place in the WGSL `Shape` struct. */
export interface Parameter {
  readonly name: string;
  /** e.g. `rows of A and C`. */
  readonly about: string;
  /** Least value; 1 where left out, 0 for what may be absent, such as an offset or a step of a dimension without extent. */
  readonly min?: number;
  /** Taken where no value is given: for a size that few ask for. */
  readonly usual?: number;
}

/** One storage buffer. The first of `Signature.bindings` is `@binding(1)`; `@binding(0)` is the uniform `shape`. */
export interface Binding<S extends Shape = Shape> {
  readonly name: string;
  readonly access: 'read' | 'read_write';
  readonly element: ElementType;
  /** Number of elements. */
  readonly length: (shape: S) => number;
  /** e.g. `m × k, row-major`. */
  readonly about: string;
}

/** Chooses which of `count` rows of an output to check: all of them, or a seeded sample where all would take too long. */
export type PickRows = (count: number) => Uint32Array;

/** What one output must be, row by row, and how far each element may be from it. */
export interface Reference {
  /** Binding name of the output. */
  readonly output: string;
  readonly columns: number;
  /** Indices of the checked rows of `columns` elements each, ascending. */
  readonly rows: Uint32Array;
  /** Exact values, `rows.length × columns`. */
  readonly values: Float64Array;
  /** Largest allowed |computed − exact| per element, from the arithmetic of the operation; 0 where it is exact. */
  readonly bounds: Float64Array;
}

/** What an output would be without quantization or approximation, for the rows picked. */
export type Unquantized = Pick<Reference, 'output' | 'columns' | 'rows' | 'values'>;

/** Elements of outputs by binding name. */
export type OutputValues = Readonly<Record<string, ArrayLike<number>>>;

/** Kinds of work a device does at different rates and for different energy. */
export type OperationKind = 'fma32' | 'fma16' | 'add32' | 'add16' | 'mul32' | 'dot4' | 'iadd' | 'imul' | 'bit' | 'sfu';

/** What the operation costs at least, whatever the kernel. */
export interface Cost {
  /** How many of each kind; a dot4 is one instruction of four multiply-adds. */
  readonly operations: Readonly<Partial<Record<OperationKind, number>>>;
  /** The field's nominal count, e.g. 2·m·n·k for a matrix product; what FLOP/s and OP/s are computed from. */
  readonly nominal: number;
  /** Compulsory bytes: each input read once, each output written once. */
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/**
 * What the nominal operations are counted in: `FLOP/s` where at least three quarters of them are floating-point work
 * (a fused multiply-add is two), else `OP/s`. An integer product that is scaled once at its end is integer work.
 */
export function rateUnitOf({ operations, nominal }: Cost): 'FLOP/s' | 'OP/s' {
  const { fma32 = 0, fma16 = 0, add32 = 0, add16 = 0, mul32 = 0, sfu = 0 } = operations;
  return 2 * (fma32 + fma16) + add32 + add16 + mul32 + sfu >= 0.75 * nominal ? 'FLOP/s' : 'OP/s';
}

/** A named shape a visitor can pick, e.g. `LLM decode`. */
export interface Preset<S extends Shape = Shape> {
  readonly title: string;
  readonly shape: S;
}

/** What a kernel and its caller have to agree on, and all that running needs. */
export interface Signature<S extends Shape = any> {
  /** Name of the folder under `shaders/`. */
  readonly id: string;
  readonly title: string;
  /** One sentence with the formula. */
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  /** `true`, or why there is no such problem, e.g. a group size that does not divide k. Asked before inputs are made. */
  readonly valid?: (shape: S) => true | string;
  readonly bindings: readonly Binding<S>[];
}

/** The whole of it, for checking and timing as well; the library's kernels come without (`build/signature-plugin.ts`). */
export interface Operation<S extends Shape = any> extends Signature<S> {
  /** Seeded inputs, already packed, for every binding with access `read`. */
  readonly inputs: (shape: S, random: Random) => Buffers;
  /** The answer for the very inputs given (quantized ones included), in f64 or exact integers. One entry per output. */
  readonly reference: (inputs: Buffers, shape: S, pick: PickRows) => readonly Reference[];
  /**
   * For quantized and approximate operations: the f64 result of the *unquantized* operands, drawn anew from a generator in
   * the state that `inputs` was given. Accuracy is measured against it, never correctness.
   */
  readonly unquantized?: (shape: S, random: Random, pick: PickRows) => readonly Unquantized[];
  /**
   * Where an output holds codes or bit patterns: the values it stands for, by output, laid out as `unquantized` lays out its
   * own. An output left out is its own value. Of no concern to correctness, which compares what was written.
   */
  readonly decode?: (outputs: OutputValues, shape: S) => OutputValues;
  readonly cost: (shape: S) => Cost;
  /** Correctness shapes: 1, primes, one over a tile, long K. */
  readonly cases: readonly S[];
  readonly presets: readonly Preset<S>[];
  /** Benchmark shapes of growing size, for sweeps. */
  readonly sweep: readonly S[];
}

/** Gives an operation its types; the identity otherwise. */
export function defineOperation<S extends Shape>(operation: Operation<S>): Operation<S> {
  return operation;
}
