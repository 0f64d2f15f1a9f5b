/** Sequences and optional values. */
import { elementTypeNumbered } from '../../onnx/types.js';
import type { HostCall, HostOperator } from '../call.js';
import { axisOf } from '../shapes.js';
import {
  type HostOptional,
  type HostSequence,
  type HostTensor,
  type HostValue,
  hostTensor,
  scalar,
} from '../values.js';
import { concat, split } from './move.js';

/** Items that one operator may put into a sequence. */
const maxItems = 2 ** 20;

function sequence(items: readonly HostValue[]): HostSequence {
  return { kind: 'sequence', items };
}

/** Input `i`, which must be a sequence, or an optional that holds one. */
function sequenceInput(call: HostCall, i: number): HostSequence {
  const given = call.inputs[i];
  const value = given?.kind === 'optional' ? given.value : given;
  if (value?.kind === 'sequence') return value;
  return call.fail('unsupported-type', `input ${i} is ${value ? `a ${value.kind}` : 'left out'}, not a sequence`);
}

/** @param end whether the place after the last item counts. */
function placeIn(call: HostCall, { items }: HostSequence, i: number, end: boolean): number | undefined {
  const given = call.optional(i)?.data[0];
  if (given === undefined) return undefined;
  const last = end ? items.length : items.length - 1;
  const place = given < 0 ? given + items.length : given;
  if (place >= 0 && place <= last) return place;
  return call.fail('bad-value', `position ${given} is not in a sequence of ${items.length}`);
}

function tensorsOf(call: HostCall, { items }: HostSequence): readonly HostTensor[] {
  return items.map((item) =>
    item.kind === 'tensor' ? item : call.fail('unsupported-type', `an item of the sequence is a ${item.kind}`),
  );
}

const construct: HostOperator = (call) => [sequence(call.inputs.map((_, i) => call.input(i)))];

const at: HostOperator = (call) => {
  const given = sequenceInput(call, 0);
  const place = placeIn(call, given, 1, false) ?? call.fail('missing-input', 'the position is left out');
  return [given.items[place]];
};

const insert: HostOperator = (call) => {
  const given = sequenceInput(call, 0);
  const place = placeIn(call, given, 2, true) ?? given.items.length;
  return [sequence([...given.items.slice(0, place), call.input(1), ...given.items.slice(place)])];
};

const erase: HostOperator = (call) => {
  const given = sequenceInput(call, 0);
  const place = placeIn(call, given, 1, false) ?? given.items.length - 1;
  if (place < 0) return call.fail('bad-value', 'the sequence is empty');
  return [sequence(given.items.filter((_, i) => i !== place))];
};

const concatFromSequence: HostOperator = (call) => {
  const items = tensorsOf(call, sequenceInput(call, 0));
  const rank = items[0]?.dims.length ?? call.fail('bad-value', 'the sequence is empty');
  if (!call.has('axis')) return call.fail('missing-input', 'lacks the attribute axis');
  const fresh = call.int('new_axis', 0) === 1;
  const axis = axisOf(call, call.int('axis', 0), fresh ? rank + 1 : rank);
  if (!fresh) return [concat(call, items, axis)];
  return [
    concat(
      call,
      items.map((item) => withAxis(item, axis)),
      axis,
    ),
  ];
};

function withAxis(tensor: HostTensor, axis: number): HostTensor {
  return { ...tensor, dims: [...tensor.dims.slice(0, axis), 1, ...tensor.dims.slice(axis)] };
}

/** Without sizes into slices of 1, whose axis is dropped unless `keepdims`. */
const splitToSequence: HostOperator = (call) => {
  const tensor = call.input(0);
  const axis = axisOf(call, call.int('axis', 0), tensor.dims.length);
  const size = tensor.dims[axis] ?? call.fail('bad-shape', 'a scalar is not split');
  const given = call.optional(1);
  if (given !== undefined && given.dims.length > 0)
    return [sequence(split(call, tensor, axis, Array.from(given.data)))];
  const part = given?.data[0] ?? 1;
  if (!(part >= 1)) return call.fail('bad-value', `parts of ${part} are asked for`);
  const count = Math.ceil(size / part);
  if (count > maxItems) return call.fail('bad-value', `would make ${count} parts; ${maxItems} are allowed`);
  const sizes = Array.from({ length: count }, (_, i) => Math.min(part, size - i * part));
  const parts = split(call, tensor, axis, sizes);
  if (given !== undefined || call.int('keepdims', 1) === 1) return [sequence(parts)];
  return [sequence(parts.map((each) => ({ ...each, dims: each.dims.filter((_, i) => i !== axis) })))];
};

const sequenceEmpty: HostOperator = (call) => {
  const type = call.int('dtype', 1);
  if (elementTypeNumbered(type) === undefined)
    return call.fail('bad-value', `dtype is ${type}, which stands for no element type`);
  return [sequence([])];
};

/** Runs the body on each item; inputs that are no sequences are the same for all. */
const sequenceMap: HostOperator = (call) => {
  const body = call.graph('body') ?? call.fail('missing-input', 'lacks the attribute body');
  const { items } = sequenceInput(call, 0);
  const results = items.map((item, i) => {
    const others = call.inputs.slice(1).map((other, j): HostValue => {
      if (other === undefined) return call.fail('missing-input', `input ${j + 1} is left out`);
      if (other.kind !== 'sequence') return other;
      return other.items[i] ?? call.fail('bad-shape', `sequences of ${items.length} and ${other.items.length} items`);
    });
    return call.runGraph(body, [item, ...others]);
  });
  return body.outputs.map((_, output) => sequence(results.map((result) => result[output]!)));
};

const optional: HostOperator = (call) => {
  const value = call.inputs[0];
  const made: HostOptional = value === undefined ? { kind: 'optional' } : { kind: 'optional', value };
  return [made];
};

const hasElement: HostOperator = (call) => {
  const value = call.inputs[0];
  const has = value !== undefined && (value.kind !== 'optional' || value.value !== undefined);
  return [scalar('bool', has ? 1 : 0)];
};

/** What is no optional is its own element, since operator set 18. */
const getElement: HostOperator = (call) => {
  const given = call.inputs[0];
  const value = given?.kind === 'optional' ? given.value : given;
  return [value ?? call.fail('bad-value', 'the optional is empty')];
};

export default {
  SequenceConstruct: construct,
  SequenceAt: at,
  SequenceInsert: insert,
  SequenceErase: erase,
  SequenceEmpty: sequenceEmpty,
  SequenceLength: (call) => [hostTensor('i64', [], [sequenceInput(call, 0).items.length])],
  SequenceMap: sequenceMap,
  SplitToSequence: splitToSequence,
  ConcatFromSequence: concatFromSequence,
  Optional: optional,
  OptionalHasElement: hasElement,
  OptionalGetElement: getElement,
} satisfies Readonly<Record<string, HostOperator>>;
