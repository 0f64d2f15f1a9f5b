/**
 * Walks the protobuf records of a model before anything is decoded: truncated or malformed records are found with the
 * field they are in, and a few megabytes that would decode into millions of objects are refused in milliseconds.
 */
import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { ModelFileError, type ModelFileFault } from '../errors.js';
import { GraphProtoSchema, NodeProtoSchema, TensorProtoSchema } from './gen/onnx_pb.js';

const limits = {
  /** Large language models, exported operator by operator, have some 20,000. */
  nodes: 100_000,
  /** Messages of all kinds: also attributes, tensors, types, dimensions. */
  messages: 500_000,
  /** Everything else that decodes into a value of its own: names, list elements, unknown fields. */
  items: 2_000_000,
  /** Graphs within attributes of nodes within graphs. */
  graphs: 32,
  /** Messages in messages; what the protobuf library decodes at most. */
  depth: 100,
} as const;

const varint = 0;
const fixed64 = 1;
const delimited = 2;
const fixed32 = 5;

/** What is known of a field, in the shape that the walk needs. */
interface Plan {
  readonly name: string;
  readonly list: boolean;
  readonly message?: DescMessage;
  /** How one element lies on the wire; lists of varints and fixed-size numbers may also be packed. */
  readonly wire: number;
}

const plans = new WeakMap<DescMessage, ReadonlyMap<number, Plan>>();

/** @throws ModelFileError: `truncated`, `malformed`, `too-many` or `too-deep`. */
export function scan(file: string, bytes: Uint8Array, schema: DescMessage): void {
  try {
    new Scanner(bytes).message(0, bytes.length, schema, 1, 0);
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    throw new ModelFileError(error.code, file, error.path.join('.') || 'the file', error.rule);
  }
}

/** What is wrong, and where; each message on the way out puts its field in front. */
class Trouble extends Error {
  readonly path: string[] = [];
  readonly code: ModelFileFault;
  readonly rule: string;

  constructor(code: ModelFileFault, rule: string) {
    super(rule);
    this.code = code;
    this.rule = rule;
  }
}

class Scanner {
  readonly #bytes: Uint8Array;
  #at = 0;
  #messages = 0;
  #nodes = 0;
  #items = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  message(start: number, end: number, schema: DescMessage, depth: number, graphs: number): void {
    const plan = planOf(schema);
    const level = schema.typeName === GraphProtoSchema.typeName ? graphs + 1 : graphs;
    if (++this.#messages > limits.messages) throw tooMany('messages', limits.messages);
    if (schema === NodeProtoSchema && ++this.#nodes > limits.nodes) throw tooMany('nodes', limits.nodes);
    if (level > limits.graphs) throw new Trouble('too-deep', `is nested deeper than ${limits.graphs} graphs`);
    if (depth > limits.depth) throw new Trouble('too-deep', `is nested deeper than ${limits.depth} messages`);
    this.#at = start;
    while (this.#at < end) {
      const begin = this.#at;
      let field: Plan | undefined;
      try {
        const tag = this.#varint(end);
        field = plan.get(Math.floor(tag / 8));
        this.#record(tag, field, end, depth, level);
      } catch (error) {
        if (error instanceof Trouble && field) {
          const index = field.list ? `[${this.#count(start, begin, field.name, plan)}]` : '';
          error.path.unshift(`${field.name}${index}`);
        }
        throw error;
      }
    }
  }

  #record(tag: number, field: Plan | undefined, end: number, depth: number, graphs: number): void {
    const wire = tag % 8;
    if (tag < 8 || tag > 0xffff_ffff) throw malformed('has a field number that protobuf does not allow');
    if (!field?.message) this.#item(1);
    if (field && wire !== field.wire && !(wire === delimited && field.list)) throw wrongWire(field, wire);
    if (wire === varint) this.#varint(end);
    else if (wire === fixed64) this.#skip(8, end);
    else if (wire === fixed32) this.#skip(4, end);
    else if (wire === delimited) this.#delimited(field, end, depth, graphs);
    else throw malformed('holds a protobuf group, which ONNX does not have');
  }

  #delimited(field: Plan | undefined, end: number, depth: number, graphs: number): void {
    const length = this.#varint(end);
    const start = this.#at;
    this.#skip(length, end);
    if (field?.message) this.message(start, start + length, field.message, depth + 1, graphs);
    else if (field && field.wire !== delimited) this.#packed(start, start + length, field.wire);
  }

  /** A run of numbers without tags. */
  #packed(start: number, end: number, wire: number): void {
    const size = wire === fixed32 ? 4 : wire === fixed64 ? 8 : 0;
    if (size > 0) {
      if ((end - start) % size !== 0) throw malformed(`has ${end - start} bytes, no multiple of ${size}`);
      this.#item((end - start) / size);
      return;
    }
    for (this.#at = start; this.#at < end; this.#item(1)) this.#varint(end);
  }

  #item(count: number): void {
    this.#items += count;
    if (this.#items > limits.items) throw tooMany('values', limits.items);
  }

  #skip(length: number, end: number): void {
    if (length > end - this.#at) {
      const rule = `announces ${length} bytes where ${end - this.#at} are left`;
      throw new Trouble('truncated', rule);
    }
    this.#at += length;
  }

  /** Exact below 2⁵³; lengths and tags beyond are refused for being too large anyway. */
  #varint(end: number): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      if (this.#at >= end) throw new Trouble('truncated', 'ends in the middle of a number');
      const byte = this.#bytes[this.#at++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw malformed('has an integer of more than 10 bytes');
  }

  /** How many records of a list lie before a place; needed only for the path in a message. */
  #count(start: number, before: number, name: string, plan: ReadonlyMap<number, Plan>): number {
    let count = 0;
    this.#at = start;
    while (this.#at < before) {
      const tag = this.#varint(before);
      if (plan.get(Math.floor(tag / 8))?.name === name) count++;
      const wire = tag % 8;
      if (wire === varint) this.#varint(before);
      else this.#skip(wire === fixed64 ? 8 : wire === fixed32 ? 4 : this.#varint(before), before);
    }
    return count;
  }
}

function planOf(schema: DescMessage): ReadonlyMap<number, Plan> {
  let plan = plans.get(schema);
  if (plan === undefined) {
    plan = new Map(schema.fields.map((field) => [field.number, planField(field)]));
    plans.set(schema, plan);
  }
  return plan;
}

function planField(field: DescField): Plan {
  const message = field.message;
  const list = field.fieldKind === 'list';
  const wire = message ? delimited : wireOf(field.scalar);
  return message ? { name: field.name, list, message, wire } : { name: field.name, list, wire };
}

function wireOf(scalar: ScalarType | undefined): number {
  if (scalar === ScalarType.STRING || scalar === ScalarType.BYTES) return delimited;
  if (scalar === ScalarType.FLOAT) return fixed32;
  if (scalar === ScalarType.DOUBLE) return fixed64;
  return varint;
}

function malformed(rule: string): Trouble {
  return new Trouble('malformed', rule);
}

function tooMany(what: string, most: number): Trouble {
  return new Trouble('too-many', `is where the file goes beyond ${most} ${what}, the most that are read here`);
}

function wrongWire({ name, wire: expected }: Plan, found: number): Trouble {
  if (
    expected === delimited &&
    TensorProtoSchema.fields.some((field) => field.name === name && name.endsWith('_data'))
  ) {
    return malformed(`holds a number by itself (wire type ${found}), where ONNX packs them`);
  }
  return malformed(`has wire type ${found}, where the format has ${expected}`);
}
