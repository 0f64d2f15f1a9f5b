/** Names of schemes and methods of quantization: what the help says of them, and what is said to wrong ones. */
import { QuantizeError } from '../models/quantize/errors.js';
import { methodMenu, parseMethod } from '../models/quantize/methods/method.js';
import { parseScheme, schemePatterns, schemes } from '../models/quantize/schemes.js';
import { isMixed } from '../worker/models/mixed-scheme.js';
import type { Settings } from './options.js';
import { suggestion, UsageError } from './usage.js';

/** What --schemes and --method take, as paragraphs. */
export function namesOf(): readonly string[] {
  return [
    `Schemes: ${schemePatterns.join(', ')}, mixed-P (a scheme for each layer, weights in P % of their bytes).`,
    '',
    `Methods, joined by +: ${methodMenu.map(([id, title]) => `${id} (${title})`).join(', ')}.`,
  ];
}

/** Before a model is opened. @throws UsageError for a scheme or method that is none, with what was perhaps meant. */
export function checkNames(names: readonly string[], { method }: Pick<Settings, 'method'>): void {
  for (const name of names) {
    if (isMixed(name)) continue;
    known(
      () => parseScheme(name),
      `No scheme is called ${name}.${suggestion(name, menu)} There are: ${menu.join(', ')}.`,
    );
  }
  if (method === undefined) return;
  const methods = methodMenu.map(([id]) => id);
  const sentence = `No method is called ${method}.${suggestion(method, methods)} There are, joined by +: ${methods.join(', ')}.`;
  known(() => parseMethod(method), sentence);
}

const menu = schemes.map(({ id }) => id);

function known(parse: () => unknown, sentence: string): void {
  try {
    parse();
  } catch (error) {
    throw error instanceof QuantizeError ? new UsageError(sentence) : error;
  }
}
