/** Operators on text: joining, normalizing, splitting, matching, and counting n-grams. */
import { elementCount } from '../../tensor.js';
import type { HostCall, HostOperator } from '../call.js';
import { fullMatcher } from '../pattern.js';
import { PatternError } from '../pattern-program.js';
import { checkedCount, room } from '../room.js';
import { broadcastDims } from '../shapes.js';
import { type HostTensor, hostStrings, hostTensor } from '../values.js';
import { broadcast } from '../walk.js';

function textInput(call: HostCall, i: number): HostTensor & { readonly strings: readonly string[] } {
  const { strings, ...rest } = call.input(i);
  if (strings === undefined) return call.fail('unsupported-type', `input ${i} is ${rest.type}, not text`);
  return { ...rest, strings };
}

const maxTextLength = 2 ** 20;

const join: HostOperator = (call) => {
  const dims = broadcastDims(call, textInput(call, 0).dims, textInput(call, 1).dims);
  checkedCount(call, dims);
  const [a = [], b = []] = [0, 1].map((i) => broadcast(call, call.input(i), dims).strings);
  const longest = a.reduce((most, text, i) => Math.max(most, text.length + b[i]!.length), 0);
  if (longest > maxTextLength)
    return call.fail('bad-value', `would make a text of ${longest} characters; ${maxTextLength} are allowed`);
  return [
    hostStrings(
      dims,
      a.map((text, i) => text + b[i]!),
    ),
  ];
};

/** Drops stop words, then changes case. What is left of nothing is one empty text. */
const normalize: HostOperator = (call) => {
  const { dims, strings } = textInput(call, 0);
  if (dims.length > 2 || (dims.length === 2 && dims[0] !== 1))
    return call.fail('bad-shape', `[${dims}] is neither [C] nor [1,C]`);
  const exact = call.int('is_case_sensitive', 0) === 1;
  const comparable = (text: string): string => (exact ? text : text.toLowerCase());
  const stopwords = new Set((call.strings('stopwords') ?? []).map(comparable));
  const action = call.string('case_change_action', 'NONE');
  const change = (text: string): string =>
    action === 'LOWER' ? text.toLowerCase() : action === 'UPPER' ? text.toUpperCase() : text;
  const kept = strings.filter((text) => !stopwords.has(comparable(text))).map(change);
  const result = kept.length > 0 ? kept : [''];
  return [hostStrings(dims.length === 2 ? [1, result.length] : [result.length], result)];
};

/** As Python's split: at white space where no delimiter is given; at most `most` cuts, from the left. */
function partsOf(text: string, delimiter: string, most: number): readonly string[] {
  const parts: string[] = [];
  if (delimiter !== '') {
    let from = 0;
    for (let cuts = 0; cuts < most; cuts++) {
      const at = text.indexOf(delimiter, from);
      if (at < 0) break;
      parts.push(text.slice(from, at));
      from = at + delimiter.length;
    }
    return [...parts, text.slice(from)];
  }
  let rest = text.trimStart();
  while (rest !== '') {
    const at = rest.search(/\s/);
    if (at < 0 || parts.length >= most) return [...parts, rest];
    parts.push(rest.slice(0, at));
    rest = rest.slice(at).trimStart();
  }
  return parts;
}

const split: HostOperator = (call) => {
  const { dims, strings } = textInput(call, 0);
  const delimiter = call.string('delimiter', '');
  const most = call.has('maxsplit') ? call.int('maxsplit', 0) : Number.POSITIVE_INFINITY;
  const parts = strings.map((text) => partsOf(text, delimiter, most < 0 ? Number.POSITIVE_INFINITY : most));
  const width = parts.reduce((widest, each) => Math.max(widest, each.length), 0);
  checkedCount(call, [...dims, width]);
  const padded = parts.flatMap((each) => [...each, ...new Array<string>(width - each.length).fill('')]);
  return [
    hostStrings([...dims, width], padded),
    hostTensor(
      'i64',
      dims,
      parts.map((each) => each.length),
    ),
  ];
};

const match: HostOperator = (call) => {
  const { dims, strings } = textInput(call, 0);
  const pattern = call.string('pattern', '');
  try {
    const matches = fullMatcher(pattern);
    return [
      hostTensor(
        'bool',
        dims,
        strings.map((text) => (matches(text) ? 1 : 0)),
      ),
    ];
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return call.fail('unsupported-form', `the pattern "${pattern.slice(0, 40)}" ${error.message}`);
  }
};

/** N-grams that may be looked up: some ten seconds. */
const maxWork = 2 ** 24;

/** What the attributes of TfIdfVectorizer say of n-grams. */
interface Grams {
  /** Column of the output by n-gram, whose items are joined. */
  readonly columns: ReadonlyMap<string, number>;
  readonly weights: Float64Array;
  readonly least: number;
  readonly most: number;
  readonly skips: number;
}

function gramsOf(call: HostCall): Grams {
  const pool: readonly (string | number)[] = call.strings('pool_strings') ?? call.ints('pool_int64s') ?? [];
  const starts = call.ints('ngram_counts') ?? [];
  const indexes = call.ints('ngram_indexes') ?? [];
  const given = call.floats('weights');
  const size = indexes.reduce((most, index) => Math.max(most, index), -1) + 1;
  const weights = room(call, [size]).fill(1);
  const columns = new Map<string, number>();
  let id = 0;
  starts.forEach((start, i) => {
    const n = i + 1;
    for (let at = start; at + n <= (starts[i + 1] ?? pool.length); at += n, id++) {
      const column = indexes[id];
      if (column === undefined || column < 0) call.fail('bad-value', 'ngram_indexes do not fit the pool');
      columns.set(keyOf(pool.slice(at, at + n)), column);
      if (given !== undefined) weights[column] = given[id] ?? 1;
    }
  });
  const most = Math.min(call.int('max_gram_length', 1), starts.length);
  return { columns, weights, least: call.int('min_gram_length', 1), most, skips: call.int('max_skip_count', 0) };
}

function keyOf(items: readonly (string | number)[]): string {
  return JSON.stringify(items.map(String));
}

/** Counts n-grams of one row; items of one may lie up to `skips` apart, the same for all of its items. */
function countGrams(
  row: readonly (string | number)[],
  { columns, least, most, skips }: Grams,
  counts: Float64Array,
): void {
  for (let n = Math.max(1, least); n <= most; n++) {
    // Single items have no distance.
    const steps = n === 1 ? 1 : Math.min(skips + 1, row.length);
    for (let step = 1; step <= steps; step++) {
      for (let start = 0; start + (n - 1) * step < row.length; start++) {
        const items = Array.from({ length: n }, (_, i) => row[start + i * step]!);
        const column = columns.get(keyOf(items));
        if (column !== undefined) counts[column]!++;
      }
    }
  }
}

const tfIdf: HostOperator = (call) => {
  const { dims, data, strings } = call.input(0);
  if (dims.length < 1 || dims.length > 2) return call.fail('bad-shape', `[${dims}] is neither [C] nor [N,C]`);
  const grams = gramsOf(call);
  const mode = call.string('mode', '');
  if (!['TF', 'IDF', 'TFIDF'].includes(mode)) return call.fail('bad-value', `mode is "${mode}", not TF, IDF or TFIDF`);
  const all: readonly (string | number)[] = strings ?? Array.from(data);
  const rows = elementCount(dims.slice(0, -1));
  const length = dims.at(-1)!;
  const size = grams.weights.length;
  const work = length * Math.min(grams.skips + 1, length) * Math.max(1, grams.most) * rows;
  if (work > maxWork) return call.fail('bad-value', `looks at up to ${work} n-grams; ${maxWork} are allowed`);
  const result = room(call, [rows, size]);
  for (let row = 0; row < rows; row++) {
    const counts = result.subarray(row * size, (row + 1) * size);
    countGrams(all.slice(row * length, (row + 1) * length), grams, counts);
    if (mode === 'TF') continue;
    for (let i = 0; i < size; i++)
      counts[i] = (mode === 'IDF' ? Math.min(1, counts[i]!) : counts[i]!) * grams.weights[i]!;
  }
  return [hostTensor('f32', [...dims.slice(0, -1), size], result)];
};

export default {
  StringConcat: join,
  StringNormalizer: normalize,
  StringSplit: split,
  RegexFullMatch: match,
  TfIdfVectorizer: tfIdf,
} satisfies Readonly<Record<string, HostOperator>>;
