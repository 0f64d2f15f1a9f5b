/** Flags on where results go, and in which format. */
import { UsageError } from '../usage.js';
import type { Options, Typed } from './typed.js';

export const outputOptions = {
  json: { type: 'string', value: 'FILE|-', about: 'write JSON to a file, or to stdout in place of the table' },
  csv: { type: 'string', value: 'FILE|-', about: 'the same as CSV' },
  md: { type: 'string', value: 'FILE|-', about: 'the same as Markdown' },
  help: { type: 'boolean', short: 'h', about: 'show this help' },
} as const satisfies Options;

export type OutputFormat = 'json' | 'csv' | 'md';

export interface OutputSettings {
  /** Where to write, by format; `-` is stdout. */
  readonly outputs: Readonly<Partial<Record<OutputFormat, string>>>;
  readonly help: boolean;
}

export function outputSettings({ text, has }: Typed<keyof typeof outputOptions>): OutputSettings {
  return { outputs: outputsOf(text), help: has('help') };
}

function outputsOf(text: (name: OutputFormat) => string | undefined): OutputSettings['outputs'] {
  const formats = (['json', 'csv', 'md'] as const).flatMap((format) => {
    const target = text(format);
    return target === undefined ? [] : [[format, target] as const];
  });
  const targets = formats.map(([, target]) => target);
  const twice = targets.find((target, index) => targets.indexOf(target) !== index);
  if (twice !== undefined) {
    throw new UsageError(
      `Two formats cannot go to ${twice === '-' ? 'stdout' : twice} at once. Give one of them a file.`,
    );
  }
  return Object.fromEntries(formats);
}
