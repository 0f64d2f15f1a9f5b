/** Help texts, made from what the commands say about themselves. */
import type { Command } from './command.js';
import type { Option } from './options/typed.js';
import { type OptionName, options } from './options.js';
import { hanging, textWidth, wrapped } from './wrap.js';

/** Where the meaning of flags and of commands begins; a longer name has a line of its own. */
const flagIndent = 34;
const commandIndent = 30;

const notes = [
  'A FILTER is a kernel (gemm-f32/naive), an operation (gemm-f32), or how a name starts (gemm-f32/b).',
  'Results go to stdout, progress to stderr. Exit codes: 0 fine, 1 something wrong or failed, 2 bad usage.',
  'Kernels run in headless Chromium, or with --runtime dawn in Node through the package webgpu: no browser needed.',
  'TILEWATT_CHROMIUM names the browser to use, TILEWATT_CHROMIUM_FLAGS adds flags to its start.',
];

export function helpOn(command: Command): string {
  return [
    `tilewatt ${command.synopsis}`,
    ...wrapped(command.about, textWidth() - 2).map((line) => `  ${line}`),
    '',
    ...paragraphs(command.detail),
    '',
    'Flags',
    ...command.options.flatMap((name) => flagLines(name, command.flags)),
    ...flagLines('help'),
    '',
    'Examples',
    ...command.examples.flatMap(exampleLines),
  ].join('\n');
}

export function helpOnAll(commands: readonly Command[]): string {
  return [
    'tilewatt: which GPU kernel is right and fast on this very device',
    '',
    'Commands',
    ...commands.flatMap(({ synopsis, about }) => hanging(`  ${synopsis}`, about, commandIndent)),
    '',
    'Start with',
    '  tilewatt bench',
    '      verifies, times and compares matrix products at a size that fits this device',
    '  tilewatt COMMAND --help',
    '      flags and examples of one command',
    '',
    ...notes.flatMap((note) => wrapped(note)),
  ].join('\n');
}

/** Paragraphs, their lines broken for this terminal. */
function paragraphs(text: string): readonly string[] {
  return text
    .split('\n\n')
    .map((paragraph) => wrapped(paragraph.replaceAll('\n', ' ')))
    .flatMap((lines, i) => (i === 0 ? lines : ['', ...lines]));
}

/** An example in lines that can still be pasted into a shell. */
function exampleLines([line, what]: Command['examples'][number]): readonly string[] {
  const [first = '', ...rest] = wrapped(line, textWidth() - 6);
  const lines = [`  ${first}`, ...rest.map((part) => `    ${part}`)];
  return [lines.join(' \\\n'), ...wrapped(what, textWidth() - 6).map((part) => `      ${part}`)];
}

function flagLines(name: OptionName, own: Command['flags'] = {}): readonly string[] {
  const option: Option = options[name];
  const short = option.short === undefined ? '' : `, -${option.short}`;
  const flag = `  --${name}${short}${option.value === undefined ? '' : ` ${option.value}`}`;
  return hanging(flag, own[name] ?? option.about, flagIndent);
}
