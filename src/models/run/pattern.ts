/**
 * Regular expressions that cannot run for ever: a model file brings the pattern, and the engine of JavaScript backtracks
 * without bound on a hostile one. Syntax of RE2 but for flags other than `i` and `s`.
 */
import {
  chain,
  check,
  codeOf,
  either,
  type Instruction,
  PatternError,
  type Piece,
  repeat,
  run,
  type Test,
  take,
} from './pattern-program.js';

const maxDepth = 100;
/** Characters times steps of the pattern: some seconds. */
const maxWork = 2 ** 26;

/** @returns whether the pattern matches the whole of a text. @throws PatternError */
export function fullMatcher(pattern: string): (text: string) => boolean {
  const program: Instruction[] = [];
  new Parser(pattern).whole()(program);
  return (text) => {
    if (text.length * program.length <= maxWork) return run(program, Array.from(text, codeOf));
    throw new PatternError(`takes too long on a text of ${text.length} characters`);
  };
}

const among =
  (expression: RegExp): Test =>
  (code) =>
    expression.test(String.fromCodePoint(code));

const digit = among(/[0-9]/);
const word = among(/\w/);
/** RE2 leaves out the vertical tab. */
const space = among(/[\t\n\f\r ]/);
const not =
  (test: Test): Test =>
  (code) =>
    !test(code);

const classes: Readonly<Record<string, Test>> = {
  d: digit,
  D: not(digit),
  w: word,
  W: not(word),
  s: space,
  S: not(space),
};

const named: Readonly<Record<string, Test>> = {
  alnum: among(/[0-9A-Za-z]/),
  alpha: among(/[A-Za-z]/),
  digit,
  lower: among(/[a-z]/),
  punct: among(/[!-/:-@[-`{-~]/),
  space: among(/[\t\n\v\f\r ]/),
  upper: among(/[A-Z]/),
  word,
  xdigit: among(/[0-9A-Fa-f]/),
};

const controls: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

const wordEdge = (text: readonly number[], at: number): boolean =>
  (at > 0 && word(text[at - 1]!)) !== (at < text.length && word(text[at]!));

const checks: Readonly<Record<string, Piece>> = {
  b: check(wordEdge),
  B: check((text, at) => !wordEdge(text, at)),
  A: check((_, at) => at === 0),
  z: check((text, at) => at === text.length),
};

class Parser {
  readonly #text: readonly string[];
  #at = 0;
  #depth = 0;
  #ignoreCase = false;
  #dotAll = false;

  constructor(pattern: string) {
    this.#text = Array.from(pattern);
  }

  whole(): Piece {
    const piece = this.#alternatives();
    if (this.#at < this.#text.length) throw new PatternError('closes a group that is not open');
    return piece;
  }

  #next(): string {
    return this.#text[this.#at++] ?? this.#fail('ends too early');
  }

  #fail(clause: string): never {
    throw new PatternError(clause);
  }

  #skip(text: string): boolean {
    const found = this.#text.slice(this.#at, this.#at + text.length).join('') === text;
    if (found) this.#at += text.length;
    return found;
  }

  #alternatives(): Piece {
    if (++this.#depth > maxDepth) this.#fail(`nests more than ${maxDepth} groups`);
    const { ignoreCase, dotAll } = { ignoreCase: this.#ignoreCase, dotAll: this.#dotAll };
    const pieces = [this.#sequence()];
    while (this.#skip('|')) pieces.push(this.#sequence());
    this.#ignoreCase = ignoreCase;
    this.#dotAll = dotAll;
    this.#depth--;
    return pieces.length === 1 ? pieces[0]! : either(pieces);
  }

  #sequence(): Piece {
    const pieces: Piece[] = [];
    while (this.#at < this.#text.length && !['|', ')'].includes(this.#text[this.#at]!)) {
      pieces.push(this.#repeated(this.#atom()));
    }
    return chain(pieces);
  }

  #repeated(piece: Piece): Piece {
    const rest = this.#text.slice(this.#at, this.#at + 16).join('');
    const [sign, least, comma, most] = /^(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})/.exec(rest) ?? [];
    if (sign === undefined) return piece;
    this.#at += sign.length;
    // Whether it takes as much or as little as it can makes no difference for the whole text.
    this.#skip('?');
    if (sign === '*') return repeat(piece, 0, Number.POSITIVE_INFINITY);
    if (sign === '+') return repeat(piece, 1, Number.POSITIVE_INFINITY);
    if (sign === '?') return repeat(piece, 0, 1);
    const from = Number(least);
    const to = comma === undefined ? from : most === '' ? Number.POSITIVE_INFINITY : Number(most);
    if (from > 1000 || (to > 1000 && Number.isFinite(to)) || to < from) this.#fail(`repeats ${sign} times`);
    return repeat(piece, from, to);
  }

  #atom(): Piece {
    const character = this.#next();
    if (character === '(') return this.#group();
    if (character === '[') return take(this.#class());
    if (character === '.') return take(this.#dotAll ? () => true : (code) => code !== 10);
    if (character === '^') return checks.A!;
    if (character === '$') return checks.z!;
    if (character === '\\') {
      const edge = checks[this.#text[this.#at] ?? ''];
      if (edge === undefined) return take(this.#escape());
      this.#at++;
      return edge;
    }
    if ('*+?'.includes(character)) this.#fail(`repeats nothing with ${character}`);
    return take(this.#exactly(codeOf(character)));
  }

  #exactly(code: number): Test {
    return this.#range(code, code);
  }

  #range(from: number, to: number): Test {
    const within: Test = (code) => code >= from && code <= to;
    if (!this.#ignoreCase) return within;
    return (code) => {
      const character = String.fromCodePoint(code);
      return within(code) || within(codeOf(character.toLowerCase())) || within(codeOf(character.toUpperCase()));
    };
  }

  #group(): Piece {
    if (this.#skip('?')) {
      const rest = this.#text.slice(this.#at).join('');
      const [head, flags, end] = /^(?:P?<\w+>|([is]*)([:)]))/.exec(rest) ?? this.#fail('has a group of unknown form');
      this.#at += head.length;
      if (end === ')') {
        this.#setFlags(flags);
        return chain([]);
      }
      return this.#inside(flags);
    }
    return this.#inside();
  }

  #inside(flags?: string): Piece {
    const { ignoreCase, dotAll } = { ignoreCase: this.#ignoreCase, dotAll: this.#dotAll };
    this.#setFlags(flags);
    const piece = this.#alternatives();
    this.#ignoreCase = ignoreCase;
    this.#dotAll = dotAll;
    if (!this.#skip(')')) this.#fail('leaves a group open');
    return piece;
  }

  #setFlags(flags = ''): void {
    this.#ignoreCase ||= flags.includes('i');
    this.#dotAll ||= flags.includes('s');
  }

  /** What follows a backslash and stands for a character or a class. */
  #escape(): Test {
    const rest = this.#text.slice(this.#at, this.#at + 40).join('');
    const property = /^([pP])(?:\{(\^?)(\w+)\}|(\w))/.exec(rest);
    if (property) return this.#property(property);
    const found = classes[this.#text[this.#at] ?? ''];
    if (found !== undefined) this.#at++;
    return found ?? this.#exactly(this.#escapedCode());
  }

  #property([all, sign, inverse, long, short]: RegExpExecArray): Test {
    this.#at += all.length;
    try {
      const test = among(new RegExp(`^\\p{${long ?? short}}$`, 'u'));
      return (sign === 'P') !== (inverse === '^') ? not(test) : test;
    } catch {
      return this.#fail(`names an unknown class of characters, ${all}`);
    }
  }

  #escapedCode(): number {
    const rest = this.#text.slice(this.#at, this.#at + 12).join('');
    const [hex, long, short] = /^x(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))/.exec(rest) ?? [];
    if (hex !== undefined) {
      this.#at += hex.length;
      return Number.parseInt(long ?? short!, 16);
    }
    const character = this.#next();
    if (Object.hasOwn(controls, character)) return controls[character]!;
    if (/[0-9A-Za-z]/.test(character)) this.#fail(`has an unknown escape, \\${character}`);
    return codeOf(character);
  }

  #class(): Test {
    const inverse = this.#skip('^');
    const tests: Test[] = [];
    // A bracket that comes first stands for itself.
    for (let first = true; first || this.#text[this.#at] !== ']'; first = false) tests.push(this.#member());
    this.#at++;
    const test: Test = (code) => tests.some((each) => each(code));
    return inverse ? not(test) : test;
  }

  #member(): Test {
    const set = /^\[:(\^?)(\w+):\]/.exec(this.#text.slice(this.#at, this.#at + 14).join(''));
    const known = set && named[set[2]!];
    if (set && known) {
      this.#at += set[0].length;
      return set[1] === '' ? known : not(known);
    }
    const isClass = this.#text[this.#at] === '\\' && /[dDwWsSpP]/.test(this.#text[this.#at + 1] ?? '');
    if (isClass) {
      this.#at++;
      return this.#escape();
    }
    const from = this.#memberCode();
    if (this.#text[this.#at] !== '-' || this.#text[this.#at + 1] === ']') return this.#exactly(from);
    this.#at++;
    const to = this.#memberCode();
    return to < from ? this.#fail('has a range that ends before it starts') : this.#range(from, to);
  }

  #memberCode(): number {
    const character = this.#next();
    return character === '\\' ? this.#escapedCode() : codeOf(character);
  }
}
