/** Einsum where it is a batched matrix product: each of the four groups of letters together and in one order. */
import { type BmmShape, plain } from '../../../../shaders/bmm-f32/operation.js';
import { elementCount } from '../../tensor.js';
import { noKernel } from '../errors.js';
import type { Lower, LowerCall } from '../lowering.js';
import { multiply } from './lib/product.js';

interface Terms {
  readonly left: string;
  readonly right: string;
  readonly result: string;
}

/** The equation without spaces, its result derived where it is not stated: letters that stand once, in alphabetical order. */
function termsOf(call: LowerCall): Terms | undefined {
  const [operands = '', stated] = call.string('equation', '').replaceAll(' ', '').split('->');
  const [left, right, ...more] = operands.split(',');
  if (left === undefined || right === undefined || more.length > 0) return undefined;
  const all = [...left, ...right];
  const once = [...new Set(all)].filter((letter) => all.indexOf(letter) === all.lastIndexOf(letter)).sort();
  const terms = { left, right, result: stated ?? once.join('') };
  const distinct = Object.values(terms).every((term) => /^[a-zA-Z]*$/.test(term) && new Set(term).size === term.length);
  return distinct ? terms : undefined;
}

interface Groups {
  readonly batch: string;
  readonly m: string;
  readonly n: string;
  readonly k: string;
  readonly transA: boolean;
  readonly transB: boolean;
}

/** Letters of both and the result are the batch, of one side and the result rows and columns, of both sides alone the sum. */
function groupsOf({ left, right, result }: Terms): Groups | undefined {
  const letters = (term: string, ...others: [string, boolean][]): string =>
    [...term].filter((letter) => others.every(([other, wanted]) => other.includes(letter) === wanted)).join('');
  const batch = letters(result, [left, true], [right, true]);
  const m = letters(result, [left, true], [right, false]);
  const n = letters(result, [left, false], [right, true]);
  const k = letters(left, [right, true], [result, false]);
  const transA = left === batch + k + m && k + m !== m + k;
  const transB = right === batch + n + k && n + k !== k + n;
  const fits = (left === batch + m + k || transA) && (right === batch + k + n || transB) && result === batch + m + n;
  return fits ? { batch, m, n, k, transA, transB } : undefined;
}

const einsum: Lower = (call) => {
  if (call.inputs.length !== 2 || !call.is(0, 'f32') || !call.is(1, 'f32'))
    return 'it is no product of two float tensors';
  const terms = termsOf(call);
  const direct = terms && groupsOf(terms);
  const swapped = terms && groupsOf({ left: terms.right, right: terms.left, result: terms.result });
  const groups = direct ?? swapped;
  if (terms === undefined || groups === undefined) return 'it is no batched matrix product';
  const sizes = sizesOf(call, terms);
  const count = (letters: string): number => elementCount([...letters].map((letter) => sizes.get(letter)!));
  const [batches, m, n, k] = [count(groups.batch), count(groups.m), count(groups.n), count(groups.k)];
  if (batches * m * n * k === 0) return 'it is empty';
  const shape: BmmShape = {
    ...plain,
    ...{ batches, aCount: batches, bCount: batches, m, n, k },
    transA: groups.transA ? 2 : 1,
    transB: groups.transB ? 2 : 1,
  };
  const [a, b] = direct ? [0, 1] : [1, 0];
  const step = multiply(call, { shape, a: { input: a }, b: { input: b }, c: { output: 0 } });
  if (step === undefined) return noKernel;
  const dims = [...terms.result].map((letter) => sizes.get(letter)!);
  return { outputs: [{ type: call.input(0).type, dims }], steps: [step] };
};

function sizesOf(call: LowerCall, { left, right }: Terms): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const [i, term] of [left, right].entries()) {
    const { dims } = call.input(i);
    if (dims.length !== term.length)
      call.fail('bad-shape', `[${dims}] has not one dimension for each letter of "${term}"`);
    [...term].forEach((letter, axis) => {
      if ((sizes.get(letter) ?? dims[axis]) !== dims[axis]) call.fail('bad-shape', `"${letter}" has two sizes`);
      sizes.set(letter, dims[axis]!);
    });
  }
  return sizes;
}

export default { Einsum: einsum } satisfies Readonly<Record<string, Lower>>;
