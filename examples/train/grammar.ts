/** A small language with known chances: sentences drawn from it, and how well the best possible guesser would do. */
import { type Random, seededRandom } from '../../src/numerics/random.js';

/** What can be drawn: a text, parts one after another, or one of several with their chances. */
type Rule = string | { readonly all: readonly Rule[] } | { readonly one: readonly (readonly [chance: number, Rule])[] };

const all = (...rules: readonly Rule[]): Rule => ({ all: rules });
/** Chances are weights: they are divided by their sum. */
function one(...choices: readonly (readonly [weight: number, Rule])[]): Rule {
  const total = choices.reduce((sum, [weight]) => sum + weight, 0);
  return { one: choices.map(([weight, rule]) => [weight / total, rule]) };
}
const maybe = (chance: number, rule: Rule): Rule => one([chance, rule], [1 - chance, '']);

const adjective = one([4, 'red '], [3, 'small '], [2, 'quiet '], [1, 'old ']);
const nouns = [
  [4, 'cat', 'cats'],
  [3, 'robot', 'robots'],
  [2, 'tiler', 'tilers'],
  [2, 'mouse', 'mice'],
  [1, 'lamp', 'lamps'],
] as const;
const transitive = [
  [4, 'sees', 'see'],
  [3, 'paints', 'paint'],
  [2, 'finds', 'find'],
] as const;
const intransitive = [
  [3, 'sleeps', 'sleep'],
  [2, 'hums', 'hum'],
  [1, 'waits', 'wait'],
] as const;

type Words = readonly (readonly [weight: number, singular: string, plural: string])[];
type Numbered = 1 | 2;

function word(words: Words, number: Numbered): Rule {
  return one(...words.map((entry) => [entry[0], entry[number]] as const));
}

function thing(number: Numbered): Rule {
  const article = number === 1 ? one([3, 'the '], [2, 'a ']) : one([3, 'the '], [1, 'two ']);
  return all(article, maybe(0.35, adjective), word(nouns, number));
}

const object = one([3, thing(1)], [2, thing(2)]);

/** The verb agrees with the subject, over whatever stands between. */
function clause(number: Numbered): Rule {
  const aside = one(
    [3, all(' that ', word(intransitive, number))],
    [2, all(' (', word(transitive, number), ' ', object, ')')],
    [1, all(' [', word(intransitive, number), ']')],
  );
  const verb = one([3, all(word(transitive, number), ' ', object)], [2, word(intransitive, number)]);
  return all(thing(number), maybe(0.3, aside), ' ', verb);
}

const anyClause = one([3, clause(1)], [2, clause(2)]);
const sentence = all(anyClause, maybe(0.2, all(' and ', anyClause)), '.\n');

/** Tokens: the end of a line, which also begins every text, is 0. */
export const alphabet = [...new Set(`\n .()[]${lettersOf(sentence)}`)];

function lettersOf(rule: Rule): string {
  if (typeof rule === 'string') return rule;
  const inner = 'all' in rule ? rule.all : rule.one.map(([, each]) => each);
  return [...new Set(inner.map(lettersOf).join(''))].sort().join('');
}

function write(rule: Rule, random: Random): string {
  if (typeof rule === 'string') return rule;
  if ('all' in rule) return rule.all.map((part) => write(part, random)).join('');
  let rest = random.next();
  for (const [chance, choice] of rule.one) {
    rest -= chance;
    if (rest < 0) return write(choice, random);
  }
  return write(rule.one.at(-1)![1], random);
}

/** `count` rows of `length` tokens: each begins with the end of a line, then sentence after sentence, cut at the end. */
export function writeTokens(count: number, length: number, seed: number): Uint8Array<ArrayBuffer> {
  const random = seededRandom(seed);
  const tokens = new Uint8Array(count * length);
  for (let row = 0; row < count; row++) {
    let text = '\n';
    while (text.length < length) text += write(sentence, random);
    for (let i = 0; i < length; i++) tokens[row * length + i] = alphabet.indexOf(text[i]!);
  }
  return tokens;
}

/** A place in the language between two letters. */
interface State {
  /** Taken without a letter. */
  readonly silent: { readonly chance: number; readonly to: State }[];
  letter?: { readonly text: string; readonly to: State };
}

/** A chain of states that writes the rule, and ends in `to` (Thompson's construction, with chances). */
function compile(rule: Rule, to: State): State {
  if (typeof rule === 'string') {
    return [...rule].reduceRight<State>((next, text) => ({ silent: [], letter: { text, to: next } }), to);
  }
  if ('all' in rule) return rule.all.reduceRight<State>((next, part) => compile(part, next), to);
  return { silent: rule.one.map(([chance, choice]) => ({ chance, to: compile(choice, to) })) };
}

/**
 * Mean surprise, in nats per token after the first of each row, of one who knows the language and has read the row so far:
 * no model can do better but by luck.
 */
export function bestCrossEntropy(tokens: Uint8Array, length: number): number {
  const start: State = { silent: [] };
  start.silent.push({ chance: 1, to: compile(sentence, start) });
  let total = 0;
  const rows = tokens.length / length;
  for (let row = 0; row < rows; row++) {
    let belief = settle(new Map([[start, 1]]));
    for (let i = 1; i < length; i++) {
      const text = alphabet[tokens[row * length + i]!]!;
      const next = new Map<State, number>();
      let chance = 0;
      for (const [{ letter }, share] of belief) {
        if (letter?.text !== text) continue;
        chance += share;
        next.set(letter.to, (next.get(letter.to) ?? 0) + share);
      }
      total -= Math.log(chance);
      belief = settle(new Map([...next].map(([state, share]) => [state, share / chance])));
    }
  }
  return total / (rows * (length - 1));
}

/** Follows silent steps until only states that write a letter are left. */
function settle(belief: ReadonlyMap<State, number>): Map<State, number> {
  const settled = new Map<State, number>();
  const visit = (state: State, share: number): void => {
    if (state.letter) settled.set(state, (settled.get(state) ?? 0) + share);
    else for (const { chance, to } of state.silent) visit(to, share * chance);
  };
  for (const [state, share] of belief) visit(state, share);
  return settled;
}
