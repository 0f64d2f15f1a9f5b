/** Help texts, made from what the commands say about themselves. */
import type { Command } from './command.js';
import type { Option } from './options/typed.js';
import { type OptionName, options } from './options.js';

export function helpOn(command: Command): string {
  return [
    `tilewatt ${command.synopsis}`,
    `  ${command.about}`,
    '',
    command.detail,
    '',
    'Flags',
    ...command.options.map(flagLine),
    flagLine('help'),
    '',
    'Examples',
    ...command.examples.flatMap(([line, what]) => [`  ${line}`, `      ${what}`]),
  ].join('\n');
}

export function helpOnAll(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ synopsis }) => synopsis.length));
  return [
    'tilewatt: which GPU kernel is right and fast on this very device',
    '',
    'Commands',
    ...commands.map(({ synopsis, about }) => `  ${synopsis.padEnd(width)}  ${about}`),
    '',
    'Start with',
    '  tilewatt bench',
    '      verifies, times and compares matrix products at a size that fits this device',
    '  tilewatt COMMAND --help',
    '      flags and examples of one command',
    '',
    'A FILTER is a kernel (gemm-f32/naive), an operation (gemm-f32), or how a name starts (gemm-f32/b).',
    'Results go to stdout, progress to stderr. Exit codes: 0 fine, 1 something wrong or failed, 2 bad usage.',
    'TILEWATT_CHROMIUM names the browser to use, TILEWATT_CHROMIUM_FLAGS adds flags to its start.',
  ].join('\n');
}

/** Text in lines of so many characters at most, broken at spaces. */
export function wrapped(text: string, width = 120): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + word.length < width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function flagLine(name: OptionName): string {
  const option: Option = options[name];
  const short = option.short === undefined ? '' : `, -${option.short}`;
  const flag = `  --${name}${short}${option.value === undefined ? '' : ` ${option.value}`}`;
  return flag.length < 34 ? `${flag.padEnd(34)}${option.about}` : `${flag}\n${' '.repeat(34)}${option.about}`;
}
