/** Strict JSON: refuses what `JSON.parse` lets pass, such as a key given twice, and builds maps, which have no prototype. */
import type { ModelFileFault } from '../errors.js';
import { quoted } from '../errors.js';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = ReadonlyMap<string, Json>;

/** Throws; `rule` continues a sentence about the text. */
type Fail = (code: ModelFileFault, rule: string) => never;

/** Nesting, and values in all, beyond which a text is refused. */
const jsonLimits = { depth: 16, values: 4_000_000 } as const;

/**
 * @param fail throws the caller's error.
 * @throws through `fail`: `malformed`, `duplicate-name`, `too-deep`, `too-many`.
 */
export function parseJson(text: string, fail: Fail): Json {
  return new Reader(text, fail).document();
}

/** UTF-8 with nothing replaced and no byte order mark skipped. */
export function decodeUtf8(bytes: Uint8Array, fail: Fail): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail('malformed', 'is not UTF-8');
  }
}

const words: Readonly<Record<string, Json>> = { t: true, f: false, n: null };

class Reader {
  private readonly text: string;
  private readonly fail: Fail;
  private at = 0;
  private values = 0;
  private readonly number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them within text.
  private readonly plain = /[^"\\\u0000-\u001f]*/y;

  constructor(text: string, fail: Fail) {
    this.text = text;
    this.fail = fail;
  }

  document(): Json {
    const value = this.value(0);
    this.space();
    if (this.at < this.text.length) this.malformed('more text after its end');
    return value;
  }

  private value(depth: number): Json {
    if (depth > jsonLimits.depth) this.fail('too-deep', `nests deeper than ${jsonLimits.depth} levels`);
    if (++this.values > jsonLimits.values) this.fail('too-many', `holds more than ${jsonLimits.values} values`);
    this.space();
    const first = this.text[this.at];
    if (first === '{') return this.object(depth);
    if (first === '[') return this.array(depth);
    if (first === '"') return this.string();
    if (first === 't' || first === 'f' || first === 'n') return this.word(words[first]!);
    return this.numeral();
  }

  private object(depth: number): JsonObject {
    const object = new Map<string, Json>();
    this.at++;
    this.space();
    if (this.take('}')) return object;
    do {
      this.space();
      if (this.text[this.at] !== '"') this.malformed('no key in quotes');
      const key = this.string();
      if (object.has(key)) this.fail('duplicate-name', `gives the key ${quoted(key)} twice`);
      this.space();
      if (!this.take(':')) this.malformed('no colon after a key');
      object.set(key, this.value(depth + 1));
      this.space();
    } while (this.take(','));
    if (!this.take('}')) this.malformed('an object without its end');
    return object;
  }

  private array(depth: number): readonly Json[] {
    const items: Json[] = [];
    this.at++;
    this.space();
    if (this.take(']')) return items;
    do {
      items.push(this.value(depth + 1));
      this.space();
    } while (this.take(','));
    if (!this.take(']')) this.malformed('an array without its end');
    return items;
  }

  private string(): string {
    const start = this.at++;
    let escaped = false;
    for (;;) {
      this.plain.lastIndex = this.at;
      this.plain.test(this.text);
      this.at = this.plain.lastIndex;
      if (this.take('"')) break;
      if (this.text[this.at] !== '\\' || this.at + 1 >= this.text.length) this.malformed('text without its end');
      escaped = true;
      this.at += 2;
    }
    if (!escaped) return this.text.slice(start + 1, this.at - 1);
    const text = this.unescape(start);
    if (/\p{Surrogate}/u.test(text)) this.malformed('half of a character');
    return text;
  }

  private unescape(start: number): string {
    try {
      return JSON.parse(this.text.slice(start, this.at)) as string;
    } catch {
      return this.malformed('an unknown escape');
    }
  }

  private word(value: Json): Json {
    if (!this.text.startsWith(String(value), this.at)) this.malformed('an unknown word');
    this.at += String(value).length;
    return value;
  }

  private numeral(): number {
    this.number.lastIndex = this.at;
    const found = this.number.exec(this.text)?.[0] ?? this.malformed('no value');
    this.at += found.length;
    return Number(found);
  }

  private space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.at++;
    }
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  private malformed(what: string): never {
    return this.fail('malformed', `is no JSON: ${what} at character ${this.at}`);
  }
}
