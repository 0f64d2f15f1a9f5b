/** Operators on the host with values worked out by hand: old operator sets, edges, and what is refused. */
import { describe, expect, it } from 'vitest';
import type { Attribute, Graph, GraphFunction, Model, Node } from '../../src/models/graph.js';
import { functionKey } from '../../src/models/graph.js';
import { ModelRunError } from '../../src/models/run/errors.js';
import { interpret, runNode } from '../../src/models/run/interpret.js';
import { fullMatcher } from '../../src/models/run/pattern.js';
import { PatternError } from '../../src/models/run/pattern-program.js';
import { scaleRounding, smallFloatRounding } from '../../src/models/run/small-floats.js';
import { type HostTensor, type HostValue, hostStrings, hostTensor } from '../../src/models/run/values.js';
import type { ElementType } from '../../src/models/tensor.js';
import { erf } from '../../src/numerics/erf.js';

type Given = HostValue | undefined;
type Setting = number | string | readonly number[] | readonly string[] | Graph;

function attribute(value: Setting): Attribute {
  if (typeof value === 'number') return { kind: Number.isInteger(value) ? 'int' : 'float', value };
  if (typeof value === 'string') return { kind: 'string', value };
  if ('nodes' in value) return { kind: 'graph', value };
  if (value.every((each) => typeof each === 'string')) return { kind: 'strings', value };
  return { kind: value.every((each) => Number.isInteger(each)) ? 'ints' : 'floats', value: value as number[] };
}

function node(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  settings: Readonly<Record<string, Setting | Attribute>> = {},
): Node {
  const [, domain = '', name = op] = /^(.*)\.(\w+)$/.exec(op) ?? [];
  const attributes = new Map(
    Object.entries(settings).map(([key, value]): [string, Attribute] => [
      key,
      typeof value === 'object' && 'kind' in value ? (value as Attribute) : attribute(value as Setting),
    ]),
  );
  return { name: '', op: name, domain, overload: '', inputs, outputs, attributes };
}

function run(
  op: string,
  inputs: readonly Given[],
  settings: Readonly<Record<string, Setting | Attribute>> = {},
  opset = 25,
  outputs = 1,
): readonly Given[] {
  const names = inputs.map((value, i) => (value === undefined ? '' : `in${i}`));
  const made = Array.from({ length: outputs }, (_, i) => `out${i}`);
  const around = { opsets: new Map([['', opset]]), functions: new Map<string, GraphFunction>() };
  return runNode(around, node(op, names, made, settings), (name) => inputs[Number(name.slice(2))]);
}

const f32 = (dims: readonly number[], data: readonly number[]): HostTensor => hostTensor('f32', dims, data);
const i64 = (...data: readonly number[]): HostTensor => hostTensor('i64', [data.length], data);
const one = (type: ElementType, value: number): HostTensor => hostTensor(type, [], [value]);
const text = (...strings: readonly string[]): HostTensor => hostStrings([strings.length], strings);
const upTo = (...dims: readonly number[]): HostTensor => {
  const count = dims.reduce((a, b) => a * b, 1);
  return f32(
    dims,
    Array.from({ length: count }, (_, i) => i),
  );
};

/** `type[dims]: elements` of a tensor. */
function show(value: Given): string {
  if (value?.kind !== 'tensor') return value?.kind ?? 'nothing';
  return `${value.type}[${value.dims}]: ${(value.strings ?? [...value.data]).join(' ')}`;
}

function graph(nodes: readonly Node[], inputs: readonly string[], outputs: readonly string[]): Graph {
  const named = (names: readonly string[]): { name: string }[] => names.map((name) => ({ name }));
  return {
    name: 'body',
    nodes,
    inputs: named(inputs),
    outputs: named(outputs),
    initializers: new Map(),
    types: new Map(),
  };
}

type Row = readonly [
  op: string,
  inputs: readonly Given[],
  settings: Readonly<Record<string, Setting | Attribute>>,
  opset: number,
  ...outputs: readonly string[],
];

const nan = Number.NaN;
const infinity = Number.POSITIVE_INFINITY;

const rows: readonly Row[] = [
  // Forms of older operator sets.
  ['Clip', [f32([3], [-2, 0.5, 9])], { min: -1, max: 6 }, 6, 'f32[3]: -1 0.5 6'],
  ['Clip', [f32([2], [1, 5]), one('f32', 4), one('f32', 2)], {}, 13, 'f32[2]: 2 2'],
  ['Slice', [upTo(3, 4)], { starts: [1, 0], ends: [3, 2], axes: [0, 1] }, 9, 'f32[2,2]: 4 5 8 9'],
  ['Slice', [upTo(5), i64(-1), i64(-(2 ** 63)), i64(0), i64(-2)], {}, 13, 'f32[3]: 4 2 0'],
  ['Slice', [upTo(5), i64(3), i64(2 ** 63)], {}, 13, 'f32[2]: 3 4'],
  ['Slice', [upTo(5), i64(4), i64(2)], {}, 13, 'f32[0]: '],
  ['Pad', [upTo(2)], { pads: [1, 2], value: 7.5 }, 2, 'f32[5]: 7.5 0 1 7.5 7.5'],
  ['Pad', [upTo(4), i64(-1, 1), undefined], {}, 18, 'f32[4]: 1 2 3 0'],
  ['Pad', [upTo(3), i64(4, 5)], { mode: 'wrap' }, 19, 'f32[12]: 2 0 1 2 0 1 2 0 1 2 0 1'],
  ['Pad', [upTo(3), i64(3, 4)], { mode: 'reflect' }, 19, 'f32[10]: 1 2 1 0 1 2 1 0 1 2'],
  ['Pad', [upTo(1, 2), i64(1, 1), one('f32', 9), i64(-2)], {}, 18, 'f32[3,2]: 9 9 0 1 9 9'],
  ['ReduceSum', [upTo(2, 3)], { axes: [1], keepdims: 0 }, 11, 'f32[2]: 3 12'],
  ['ReduceSum', [upTo(2), i64()], { noop_with_empty_axes: 1 }, 13, 'f32[2]: 0 1'],
  ['ReduceSumSquare', [upTo(3), i64()], { noop_with_empty_axes: 1 }, 18, 'f32[3]: 0 1 4'],
  ['ReduceSum', [upTo(2, 2), i64()], {}, 13, 'f32[1,1]: 6'],
  ['ReduceMax', [hostTensor('i8', [0], [])], { keepdims: 0 }, 20, 'i8[]: -128'],
  ['ReduceMin', [hostTensor('bool', [2, 2], [1, 1, 0, 1]), i64(1)], {}, 20, 'bool[2,1]: 1 0'],
  ['ReduceLogSumExp', [f32([2], [1000, 1000])], { keepdims: 0 }, 18, `f32[]: ${Math.fround(1000 + Math.LN2)}`],
  ['ReduceMean', [hostTensor('i32', [3], [1, 2, 5])], {}, 18, 'i32[1]: 2'],
  ['Softmax', [f32([1, 2, 2], [0, 0, 0, 0])], {}, 11, 'f32[1,2,2]: 0.25 0.25 0.25 0.25'],
  ['Softmax', [f32([1, 2, 2], [0, 0, 0, 0])], {}, 13, 'f32[1,2,2]: 0.5 0.5 0.5 0.5'],
  ['Hardmax', [f32([2, 1, 2], [1, 3, 3, 3])], {}, 11, 'f32[2,1,2]: 0 1 1 0'],
  ['Split', [upTo(5)], { split: [2, 3] }, 11, 'f32[2]: 0 1', 'f32[3]: 2 3 4'],
  ['Split', [upTo(5)], { num_outputs: 2 }, 18, 'f32[3]: 0 1 2', 'f32[2]: 3 4'],
  ['TopK', [f32([4], [1, 3, 3, 2])], { k: 2 }, 1, 'f32[2]: 3 3', 'i64[2]: 1 2'],
  [
    'TopK',
    [f32([2, 2, 2], [5, 1, 2, 8, 0, 1, 1, 0]), i64(1)],
    { axis: 1, largest: 0 },
    11,
    'f32[2,1,2]: 2 1 0 0',
    'i64[2,1,2]: 1 0 0 1',
  ],
  ['Dropout', [upTo(2)], { ratio: 0.5 }, 7, 'f32[2]: 0 1', 'f32[2]: 1 1'],
  ['Dropout', [upTo(2)], {}, 13, 'f32[2]: 0 1', 'bool[2]: 1 1'],
  ['Scatter', [upTo(3), i64(1), f32([1], [9])], {}, 9, 'f32[3]: 0 9 2'],
  // Integers.
  ['Div', [hostTensor('i32', [3], [-7, 7, 1]), hostTensor('i32', [3], [2, -2, 0])], {}, 14, 'i32[3]: -3 -3 0'],
  ['Sub', [hostTensor('u8', [1], [1]), hostTensor('u8', [1], [2])], {}, 14, 'u8[1]: 255'],
  ['Add', [one('i32', 2 ** 31 - 1), one('i32', 1)], {}, 14, `i32[]: ${-(2 ** 31)}`],
  ['Mul', [one('i64', 2 ** 62), one('i64', 4)], {}, 14, 'i64[]: 0'],
  ['Mod', [i64(-7, 7), i64(3, -3)], {}, 13, 'i64[2]: 2 -2'],
  ['Mod', [i64(-7, 7), i64(3, -3)], { fmod: 1 }, 13, 'i64[2]: -1 1'],
  ['Pow', [one('i32', 7), one('f32', 0.5)], {}, 15, 'i32[]: 2'],
  ['Pow', [one('f32', 2), one('i64', -1)], {}, 15, 'f32[]: 0.5'],
  ['BitShift', [one('u8', 255), one('u8', 1)], { direction: 'LEFT' }, 11, 'u8[]: 254'],
  ['BitShift', [one('u64', 2 ** 52), one('u64', 51)], { direction: 'RIGHT' }, 11, 'u64[]: 2'],
  ['BitwiseNot', [hostTensor('u8', [2], [0, 200])], {}, 18, 'u8[2]: 255 55'],
  ['BitwiseNot', [hostTensor('i8', [2], [0, -5])], {}, 18, 'i8[2]: -1 4'],
  // Floats.
  ['Round', [f32([5], [0.5, 1.5, 2.5, -1.5, -2.6])], {}, 22, 'f32[5]: 0 2 2 -2 -3'],
  ['Sign', [f32([3], [-2, 0, nan])], {}, 13, 'f32[3]: -1 0 NaN'],
  ['IsInf', [f32([3], [-infinity, infinity, nan])], { detect_negative: 0 }, 20, 'bool[3]: 0 1 0'],
  ['Max', [f32([2], [1, nan]), f32([1], [2])], {}, 13, 'f32[2]: 2 NaN'],
  ['Mean', [f32([1], [1]), f32([2], [2, 5])], {}, 13, 'f32[2]: 1.5 3'],
  ['PRelu', [f32([2, 1, 2], [-1, 2, -3, -4]), f32([2], [0.5, 2])], {}, 16, 'f32[2,1,2]: -0.5 2 -1.5 -8'],
  ['Shrink', [f32([3], [-2, 1, 3])], { lambd: 1.5, bias: 0.5 }, 9, 'f32[3]: -1.5 0 2.5'],
  ['Softplus', [f32([2], [1000, -1000])], {}, 1, 'f32[2]: 1000 0'],
  ['Swish', [f32([1], [2])], { alpha: 0 }, 24, 'f32[1]: 1'],
  ['Equal', [text('a', 'b'), hostStrings([], ['b'])], {}, 19, 'bool[2]: 0 1'],
  ['Where', [hostTensor('bool', [2, 1], [1, 0]), text('a', 'b'), text('c')], {}, 16, 'string[2,2]: a b c c'],
  ['ArgMax', [f32([3], [1, 4, 4])], { select_last_index: 1 }, 13, 'i64[1]: 2'],
  ['CumSum', [upTo(3), one('i32', -1)], { exclusive: 1, reverse: 1 }, 14, 'f32[3]: 3 2 0'],
  ['Det', [f32([2, 2, 2], [0, 1, 1, 0, 1, 2, 2, 4])], {}, 22, 'f32[2]: -1 0'],
  // Places.
  ['Transpose', [text('a', 'b')], {}, 21, 'string[2]: a b'],
  ['Transpose', [upTo(2, 3)], {}, 21, 'f32[3,2]: 0 3 1 4 2 5'],
  ['Expand', [upTo(2, 1), i64(1, 2)], {}, 13, 'f32[2,2]: 0 0 1 1'],
  ['Tile', [text('a', 'b'), i64(2)], {}, 13, 'string[4]: a b a b'],
  ['Gather', [upTo(3, 2), one('i64', -1)], { axis: 0 }, 13, 'f32[2]: 4 5'],
  ['GatherND', [upTo(2, 2, 2), hostTensor('i64', [2, 1], [1, 0])], { batch_dims: 1 }, 13, 'f32[2,2]: 2 3 4 5'],
  [
    'ScatterND',
    [upTo(3), hostTensor('i64', [2, 1], [1, 1]), f32([2], [5, 6])],
    { reduction: 'add' },
    18,
    'f32[3]: 0 12 2',
  ],
  [
    'ScatterElements',
    [f32([1, 3], [1, 2, 3]), hostTensor('i64', [1, 2], [0, -1]), f32([1, 2], [9, 1])],
    { axis: 1, reduction: 'max' },
    18,
    'f32[1,3]: 9 2 3',
  ],
  [
    'TensorScatter',
    [f32([2, 3, 1], [0, 0, 0, 0, 0, 0]), f32([2, 2, 1], [1, 2, 3, 4]), i64(2, 0)],
    { mode: 'circular' },
    24,
    'f32[2,3,1]: 2 0 1 3 4 0',
  ],
  ['OneHot', [i64(0, -1, 5), one('i64', 3), f32([2], [0, 1])], { axis: 0 }, 11, 'f32[3,3]: 1 0 0 0 0 0 0 1 0'],
  ['Trilu', [upTo(2, 3), one('i64', 1)], { upper: 0 }, 14, 'f32[2,3]: 0 1 0 3 4 5'],
  ['Compress', [upTo(2, 2), hostTensor('bool', [3], [0, 1, 1])], {}, 11, 'f32[2]: 1 2'],
  ['NonZero', [f32([2, 2], [1, 0, 0, 4])], {}, 13, 'i64[2,2]: 0 1 0 1'],
  ['Range', [one('i64', 10), one('i64', 4), one('i64', -3)], {}, 11, 'i64[2]: 10 7'],
  ['EyeLike', [upTo(2, 3)], { k: -1, dtype: 7 }, 9, 'i64[2,3]: 0 0 0 1 0 0'],
  [
    'Unique',
    [hostTensor('i64', [2, 3], [2, 1, 2, 2, 0, 2])],
    { axis: 1 },
    11,
    'i64[2,2]: 1 2 0 2',
    'i64[2]: 1 0',
    'i64[3]: 1 0 1',
    'i64[2]: 1 2',
  ],
  ['Unique', [text('b', 'a', 'b')], { sorted: 0 }, 11, 'string[2]: b a', 'i64[2]: 0 1', 'i64[3]: 0 1 0', 'i64[2]: 2 1'],
  [
    'Unique',
    [f32([6], [3, nan, -1, 3, nan, 0])],
    {},
    11,
    'f32[4]: -1 0 3 NaN',
    'i64[4]: 2 5 0 1',
    'i64[6]: 2 3 0 2 3 1',
    'i64[4]: 1 1 2 2',
  ],
  ['ReverseSequence', [upTo(3, 2), i64(2, 3)], {}, 10, 'f32[3,2]: 2 5 0 3 4 1'],
  ['HannWindow', [one('i64', 4)], {}, 17, 'f32[4]: 0 0.5 1 0.5'],
  // Where one dimension is 0 the others may be of any size.
  ['CumSum', [{ ...upTo(0), dims: [2 ** 40, 0] }, one('i64', 1)], {}, 14, `f32[${2 ** 40},0]: `],
  ['Gather', [{ ...upTo(0), dims: [2 ** 40, 2, 0] }, i64()], { axis: 1 }, 13, `f32[${2 ** 40},0,0]: `],
  [
    'Concat',
    [
      { ...upTo(0), dims: [2 ** 40, 0] },
      { ...upTo(0), dims: [2 ** 40, 0] },
    ],
    { axis: 1 },
    13,
    `f32[${2 ** 40},0]: `,
  ],
  ['OneHot', [i64(0), one('i64', 2), text('off', 'on')], {}, 11, 'string[1,2]: on off'],
  // Types.
  ['Cast', [f32([4], [-1.7, 300, nan, 0.5])], { to: 2 }, 21, 'u8[4]: 255 44 0 0'],
  ['Cast', [hostTensor('i16', [2], [200, -129])], { to: 3 }, 21, 'i8[2]: -56 127'],
  ['Cast', [f32([2], [0.25, nan])], { to: 9 }, 21, 'bool[2]: 1 1'],
  ['Cast', [f32([4], [0.1, 1, 1e-5, 3e20])], { to: 8 }, 21, 'string[4]: 0.1 1.0 1e-05 3e+20'],
  ['Cast', [hostTensor('i64', [1], [-12])], { to: 8 }, 21, 'string[1]: -12'],
  ['Cast', [text('1e-2', '-INF', ' 7 ')], { to: 1 }, 21, `f32[3]: ${Math.fround(0.01)} -Infinity 7`],
  ['Cast', [f32([3], [1e9, -infinity, nan])], { to: 17 }, 21, 'e4m3[3]: 448 -448 NaN'],
  ['Cast', [f32([3], [464, 465, infinity])], { to: 17, saturate: 0 }, 21, 'e4m3[3]: 448 NaN NaN'],
  ['Cast', [f32([2], [1e9, -0])], { to: 19, saturate: 0 }, 21, 'e5m2[2]: Infinity 0'],
  ['Cast', [f32([3], [2.5, 5, -7])], { to: 23 }, 23, 'e2m1[3]: 2 4 -6'],
  ['Cast', [f32([3], [1.2, 3, 0])], { to: 24 }, 24, `e8m0[3]: 2 4 ${2 ** -127}`],
  ['Cast', [f32([2], [9, -9])], { to: 22 }, 21, 'i4[2]: 7 -8'],
  ['Cast', [hostTensor('i8', [2], [9, -9])], { to: 22 }, 21, 'i4[2]: -7 7'],
  ['Cast', [f32([3], [1, -3, 2])], { to: 26 }, 25, 'i2[3]: 1 -2 1'],
  ['CastLike', [f32([1], [1.7]), one('i64', 0)], {}, 15, 'i64[1]: 1'],
  // Text.
  ['StringConcat', [text('a', 'b'), hostStrings([], ['.'])], {}, 20, 'string[2]: a. b.'],
  ['StringSplit', [text('a  b c', '')], {}, 20, 'string[2,3]: a b c   ', 'i64[2]: 3 0'],
  ['StringSplit', [text('a-b-c')], { delimiter: '-', maxsplit: 1 }, 20, 'string[1,2]: a b-c', 'i64[1]: 2'],
  ['StringNormalizer', [text('Mon', 'tue')], { stopwords: ['mon'], case_change_action: 'UPPER' }, 10, 'string[1]: TUE'],
  ['StringNormalizer', [hostStrings([1, 1], ['x'])], { stopwords: ['x'] }, 10, 'string[1,1]: '],
  ['RegexFullMatch', [text('www.a-b.com', 'www.com')], { pattern: 'www\\.[\\w.-]+\\.\\bcom\\b' }, 20, 'bool[2]: 1 0'],
  [
    'TfIdfVectorizer',
    [hostTensor('i32', [7], [1, 1, 3, 3, 3, 7, 8])],
    {
      mode: 'TF',
      min_gram_length: 2,
      max_gram_length: 2,
      max_skip_count: 1,
      ngram_counts: [0, 2],
      ngram_indexes: [0, 1, 2, 3],
      pool_int64s: [1, 3, 1, 3, 3, 3],
    },
    9,
    // 1–3 at distance 1 once and at 2 twice; 3–3 at distance 1 twice and at 2 once.
    'f32[4]: 0 0 3 3',
  ],
  [
    'ai.onnx.ml.LabelEncoder',
    [text('b', 'z')],
    { keys_strings: ['a', 'b'], values_int64s: [5, 6], default_int64: 42 },
    4,
    'i64[2]: 6 42',
  ],
];

it('are each computed in one file', () => {
  const files = import.meta.glob<{ readonly default: object }>('../../src/models/run/host/*.ts', { eager: true });
  const names = Object.values(files).flatMap((file) => Object.keys(file.default));
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

describe('operators with values worked out by hand', () => {
  it.each(rows.map((row, i) => [row[0], row[3], i, row] as const))(
    '%s of operator set %i (%i)',
    (_op, _opset, _i, [op, inputs, settings, opset, ...wanted]) => {
      expect(run(op, inputs, settings, opset, wanted.length).slice(0, wanted.length).map(show)).toEqual(wanted);
    },
  );
});

describe('what is refused', () => {
  const huge = 10 ** 12;
  it.each<readonly [string, readonly Given[], Readonly<Record<string, Setting>>, RegExp]>([
    ['Range', [one('i64', 0), one('i64', huge), one('i64', 1)], {}, /134217728/],
    ['Range', [one('f32', 0), one('f32', 1), one('f32', 0)], {}, /no length/],
    ['ConstantOfShape', [i64(huge)], {}, /134217728/],
    ['ConstantOfShape', [i64(-1)], {}, /no dimensions/],
    ['Expand', [upTo(1), i64(huge)], {}, /134217728/],
    ['Tile', [upTo(2), i64(huge)], {}, /134217728/],
    ['Tile', [upTo(2), i64(-1)], {}, /no dimensions/],
    ['Pad', [upTo(2), i64(huge, 0)], {}, /134217728/],
    ['CenterCropPad', [upTo(2), i64(huge)], {}, /134217728/],
    ['OneHot', [i64(1), one('i64', huge), f32([2], [0, 1])], {}, /134217728/],
    ['RandomNormal', [], { shape: [2 ** 20, 2 ** 20] }, /134217728/],
    ['HannWindow', [one('i64', huge)], {}, /134217728/],
    ['Gather', [upTo(2), i64(2)], {}, /index 2 is not in a dimension of 2/],
    ['GatherND', [upTo(2), hostTensor('i64', [1, 2], [0, 0])], {}, /do not point into/],
    ['ScatterND', [upTo(3), hostTensor('i64', [1, 1], [0]), upTo(2)], {}, /updates/],
    ['Concat', [upTo(2), upTo(1, 2)], { axis: 0 }, /not joined/],
    ['Transpose', [upTo(2, 2)], { perm: [0, 0] }, /no order/],
    ['Slice', [upTo(2), i64(0), i64(1), i64(0), i64(0)], {}, /step is 0/],
    ['TopK', [upTo(2), i64(3)], {}, /k is 3/],
    ['Split', [upTo(5), i64(2, 2)], {}, /do not make up/],
    ['Cast', [text('seven')], { to: 1 }, /no number/],
    ['Cast', [upTo(1)], { to: 99 }, /no element type/],
    ['BitShift', [one('u8', 1), one('u8', 1)], { direction: 'UP' }, /LEFT or RIGHT/],
    ['Exp', [text('a')], {}, /no floating-point/],
    ['Add', [upTo(2), upTo(3)], {}, /broadcast/],
    ['SequenceAt', [{ kind: 'sequence', items: [] }, one('i64', 0)], {}, /sequence of 0/],
    ['OptionalGetElement', [{ kind: 'optional' }], {}, /empty/],
    ['RegexFullMatch', [text('a')], { pattern: '(((a{1000}){1000}){1000})' }, /5000 steps/],
    ['Slice', [{ ...upTo(0), dims: [2 ** 40, 0] }, i64(0), i64(2 ** 41), i64(0)], {}, /134217728/],
    ['Unique', [{ ...upTo(0), dims: [2 ** 40, 0] }], { axis: 0 }, /134217728/],
    ['SplitToSequence', [upTo(2 ** 21)], {}, /2097152 parts/],
    ['RegexFullMatch', [text('a')], { pattern: '(a' }, /leaves a group open/],
  ])('%s %#', (op, inputs, settings, message) => {
    const call = (): unknown => run(op, inputs, settings);
    expect(call).toThrow(ModelRunError);
    expect(call).toThrow(message);
  });
});

describe('control flow', () => {
  const around = { opsets: new Map([['', 21]]), functions: new Map<string, GraphFunction>() };
  const given = (values: Readonly<Record<string, HostValue>>) => (name: string) => values[name];
  const loop = (body: Graph, inputs: readonly string[], outputs: readonly string[]): Node =>
    node('Loop', inputs, outputs, { body });
  const count = graph(
    [node('Add', ['sum', 'i'], ['next']), node('Less', ['next', 'limit'], ['more'])],
    ['i', 'go', 'sum'],
    ['more', 'next', 'next'],
  );

  it('carries values, stacks outputs and stops at its condition', () => {
    const values = given({ start: one('i64', 0), limit: one('i64', 10) });
    const made = runNode(around, loop(count, ['', '', 'start'], ['sum', 'all']), values);
    expect(made.map(show)).toEqual(['i64[]: 10', 'i64[5]: 0 1 3 6 10']);
  });

  it('counts trips, also none, and then knows the type of what it stacks', () => {
    const typed: Graph = {
      ...count,
      outputs: [...count.outputs.slice(0, 2), { name: 'next', type: { kind: 'tensor', type: 'i64', dims: [] } }],
    };
    const values = given({ trips: one('i64', 0), start: one('i64', 4), limit: one('i64', 10) });
    expect(runNode(around, loop(typed, ['trips', '', 'start'], ['sum', 'all']), values).map(show)).toEqual([
      'i64[]: 4',
      'i64[0]: ',
    ]);
  });

  it('ends loops that have no end', () => {
    const forEver = graph([node('Identity', ['x'], ['y'])], ['i', 'go', 'x'], ['go', 'y']);
    const nested = graph([loop(forEver, ['', '', 'x'], ['z'])], ['i', 'go', 'x'], ['go', 'z']);
    for (const body of [forEver, nested]) {
      const run = (): unknown => runNode(around, loop(body, ['', '', 'x'], ['y']), given({ x: one('f32', 1) }));
      expect(run).toThrow(/runs on and on/);
    }
  });

  it('refuses a function that calls itself', () => {
    const own: GraphFunction = {
      domain: 'mine',
      name: 'F',
      overload: '',
      inputs: ['x'],
      outputs: ['y'],
      nodes: [node('mine.F', ['x'], ['y'])],
      attributes: [],
      defaults: new Map(),
      opsets: new Map([['', 21]]),
    };
    const functions = new Map([[functionKey(own), own]]);
    const run = (): unknown => runNode({ ...around, functions }, own.nodes[0]!, given({ x: one('f32', 1) }));
    expect(run).toThrow(/nests graphs/);
  });

  it('hands attributes of a function on to nodes in its branches', () => {
    const reference: Attribute = { kind: 'reference', value: 'slope' };
    const leaky = graph([node('LeakyRelu', ['x'], ['y'], { alpha: reference })], [], ['y']);
    const plain = graph([node('Identity', ['x'], ['y'])], [], ['y']);
    const own: GraphFunction = {
      domain: 'mine',
      name: 'Maybe',
      overload: '',
      inputs: ['x', 'c'],
      outputs: ['z'],
      nodes: [node('If', ['c'], ['z'], { then_branch: leaky, else_branch: plain })],
      attributes: [],
      defaults: new Map([['slope', { kind: 'float', value: 0.25 }]]),
      opsets: new Map([['', 21]]),
    };
    const functions = new Map([[functionKey(own), own]]);
    const call = (settings: Readonly<Record<string, Setting>>): string =>
      show(
        runNode(
          { ...around, functions },
          node('mine.Maybe', ['x', 'c'], ['z'], settings),
          given({ x: one('f32', -4), c: one('bool', 1) }),
        )[0],
      );
    expect([call({}), call({ slope: 0.5 })]).toEqual(['f32[]: -1', 'f32[]: -2']);
  });

  it('scans forwards and backwards, along other axes, and in batches as in operator set 8', () => {
    const body = graph(
      [node('Add', ['sum', 'x'], ['next']), node('Identity', ['next'], ['out'])],
      ['sum', 'x'],
      ['next', 'out'],
    );
    const scan = (settings: Readonly<Record<string, Setting>>, opset: number, values: readonly Given[]): string[] =>
      run('Scan', values, { body, num_scan_inputs: 1, ...settings }, opset, 2).map(show);
    expect(scan({}, 9, [f32([2], [0, 0]), upTo(3, 2)])).toEqual(['f32[2]: 6 9', 'f32[3,2]: 0 1 2 4 6 9']);
    expect(scan({ scan_input_directions: [1], scan_input_axes: [1] }, 11, [f32([2], [0, 0]), upTo(2, 3)])).toEqual([
      'f32[2]: 3 12',
      'f32[3,2]: 2 5 3 9 3 12',
    ]);
    expect(scan({ scan_output_directions: [1], scan_output_axes: [1] }, 11, [f32([2], [0, 0]), upTo(2, 2)])).toEqual([
      'f32[2]: 2 4',
      'f32[2,2]: 2 0 4 1',
    ]);
    expect(scan({}, 8, [i64(1, 2), f32([2, 1], [0, 0]), upTo(2, 2, 1)])).toEqual([
      'f32[2,1]: 0 5',
      'f32[2,2,1]: 0 0 2 5',
    ]);
  });

  it('maps sequences', () => {
    const body = graph([node('Add', ['a', 'b'], ['c'])], ['a', 'b'], ['c']);
    const items = { kind: 'sequence', items: [one('f32', 1), one('f32', 2)] } as const;
    const [made] = run('SequenceMap', [items, one('f32', 5)], { body });
    expect(made?.kind === 'sequence' && made.items.map(show)).toEqual(['f32[]: 6', 'f32[]: 7']);
  });
});

describe('sequences', () => {
  it('are built, changed, split and joined', () => {
    const nodes = [
      node('SequenceConstruct', ['a', 'b'], ['s']),
      node('SequenceInsert', ['s', 'b', 'first'], ['t']),
      node('SequenceErase', ['t'], ['u']),
      node('ConcatFromSequence', ['u'], ['joined'], { axis: -1, new_axis: 1 }),
      node('SplitToSequence', ['joined'], ['v'], { axis: 1, keepdims: 0 }),
      node('SequenceAt', ['v', 'first'], ['w']),
      node('SequenceLength', ['t'], ['n']),
    ];
    const model: Pick<Model, 'graph' | 'opsets' | 'functions'> = {
      graph: graph(nodes, ['a', 'b', 'first'], ['joined', 'w', 'n']),
      opsets: new Map([['', 21]]),
      functions: new Map(),
    };
    const values = { a: f32([2], [1, 2]), b: f32([2], [3, 4]), first: one('i64', 0) };
    const made = interpret(model, new Map(Object.entries(values)));
    expect([...made.values()].map(show)).toEqual(['f32[2,2]: 3 1 4 2', 'f32[2]: 3 4', 'i64[]: 3']);
  });
});

describe('random operators', () => {
  const draw = (seed: Readonly<Record<string, Setting>>): HostTensor =>
    run('RandomUniform', [], { shape: [1000], low: 2, high: 4, ...seed })[0] as HostTensor;

  it('give the same numbers for the same seed, and others without one', () => {
    expect(draw({ seed: 1.5 })).toEqual(draw({ seed: 1.5 }));
    expect(draw({ seed: 1.5 })).not.toEqual(draw({ seed: 2.5 }));
    expect(draw({})).not.toEqual(draw({}));
    expect(draw({}).data.every((x) => x >= 2 && x <= 4)).toBe(true);
  });

  it('follow their distribution', () => {
    const mean = (value: Given): number => (value as HostTensor).data.reduce((a, b) => a + b, 0) / 10_000;
    const even = f32([10_000], new Array(10_000).fill(0.3));
    expect(mean(run('Bernoulli', [even], { seed: 3.5 })[0])).toBeCloseTo(0.3, 1);
    const odds = f32([1, 2], [Math.log(1), Math.log(3)]);
    expect(mean(run('Multinomial', [odds], { seed: 3.5, sample_size: 10_000 })[0])).toBeCloseTo(0.75, 1);
    const dropped = run('Dropout', [even, one('f32', 0.25), one('bool', 1)], { seed: 1 }, 13)[0];
    expect(mean(dropped)).toBeCloseTo(0.3, 1);
  });
});

describe('the parts below', () => {
  it('computes erf', () => {
    // Abramowitz and Stegun, table 7.1, and the continued fraction's side of the turn.
    for (const [x, y] of [
      [0.5, 0.5204998778130465],
      [1, 0.8427007929497149],
      [2, 0.9953222650189527],
      [3, 0.9999779095030014],
    ] as const) {
      expect(erf(x)).toBeCloseTo(y, 13);
      expect(erf(-x)).toBe(-erf(x));
    }
    expect(erf(2.5 - 1e-12)).toBeCloseTo(erf(2.5), 11);
    expect([erf(0), erf(infinity), erf(nan)]).toEqual([0, 1, nan]);
  });

  it('rounds to small floats', () => {
    expect([17, 18, 19, 250].map(smallFloatRounding('e4m3fnuz', true))).toEqual([16, 18, 20, 240].map((x) => x));
    expect([248, 247].map(smallFloatRounding('e4m3fnuz', false))).toEqual([nan, 240]);
    expect(smallFloatRounding('e5m2', true, true)(infinity)).toBe(infinity);
    expect(Object.is(smallFloatRounding('e5m2fnuz', true)(-1e-9), 0)).toBe(true);
    expect([1.4, 1.5, 6, -6].map(scaleRounding('nearest', true))).toEqual([1, 2, 8, 8]);
    expect([1.9, 4].map(scaleRounding('down', true))).toEqual([1, 4]);
    expect([2 ** 127 * 1.5].flatMap((x) => [true, false].map((s) => scaleRounding('up', s)(x)))).toEqual([
      2 ** 127,
      nan,
    ]);
  });

  it.each([
    ['(\\W|^)[\\w.\\-]{0,25}@(yahoo|gmail)\\.com(\\W|$)', 'account@gmail.com', true],
    ['(\\W|^)[\\w.\\-]{0,25}@(yahoo|gmail)\\.com(\\W|$)', 'not email', false],
    ['a|b*c', 'bbc', true],
    ['(?i)AbC', 'aBc', true],
    ['[^a-c\\d]+', 'xyz', true],
    ['[^a-c\\d]+', 'xy1', false],
    ['[[:alpha:]]{2}[]]', 'ab]', true],
    ['a.c', 'a\nc', false],
    ['(?s)a.c', 'a\nc', true],
    ['\\p{Lu}\\x41\\x{42}', 'ÄAB', true],
    ['(?P<n>a+?)b', 'aab', true],
    ['x{2,}', 'x', false],
    ['', '', true],
  ])('matches %s with %s: %s', (pattern, given, wanted) => {
    expect(fullMatcher(pattern)(given)).toBe(wanted);
  });

  it('takes no time for patterns that make others backtrack', () => {
    expect(fullMatcher('(a*)*(a|aa)+b')('a'.repeat(5000))).toBe(false);
    expect(fullMatcher(`${'('.repeat(90)}${'){1000}'.repeat(90)}`)('')).toBe(true);
    for (const pattern of ['(', ')', '[a', '*', 'a{9,2}', '(?<x', '\\', '[z-a]', '\\p{No such}', '('.repeat(5000)])
      expect(() => fullMatcher(pattern)).toThrow(PatternError);
  });
});
