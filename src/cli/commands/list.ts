/** `tilewatt list`: the kernels there are, without touching a GPU. */
import { formatShape } from '../../bench/format.js';
import { ladders } from '../../kernel/catalog.js';
import type { Kernel } from '../../kernel/kernel.js';
import { defaultTunables } from '../../kernel/tunables.js';
import type { Command } from '../command.js';
import { print, write } from '../output.js';
import { type Selection, select } from '../select.js';
import { hanging, terminalWidth } from '../wrap.js';

export const list: Command = {
  synopsis: 'list [FILTER…]',
  about: 'the operations and their kernels, with tunables',
  detail: 'An operation says what is computed; its kernels are a ladder from the plainest to the cleverest.',
  options: ['json'],
  examples: [
    ['tilewatt list', 'everything'],
    ['tilewatt list gemm-f32', 'one operation'],
    ['tilewatt list --json -', 'the same for programs'],
  ],
  run({ positionals, settings }) {
    const selections = select(positionals.length > 0 ? positionals : [...ladders.keys()]);
    const { json } = settings.outputs;
    if (json !== undefined) write(json, `${JSON.stringify(selections.map(plainData), null, 2)}\n`);
    if (json !== '-') print(selections.map(describe).join('\n\n'));
    return 0;
  },
};

function describe({ operation, kernels }: Selection): string {
  const lineWidth = terminalWidth() ?? Number.POSITIVE_INFINITY;
  const width = Math.max(...kernels.map(({ id }) => id.length));
  const lines = kernels.flatMap((kernel) => {
    const tunables = formatShape(defaultTunables(kernel));
    const needs = kernel.requires?.features?.join(', ');
    const indent = ' '.repeat(width + 4);
    return [
      ...hanging(`  ${kernel.id}`, kernel.summary, width + 4, lineWidth),
      ...(tunables === '' ? [] : [`${indent}--set ${tunables}`]),
      ...(needs ? [`${indent}needs ${needs}`] : []),
    ];
  });
  const sizes = operation.parameters.map(({ name, about }) => `${name}: ${about}`).join('; ');
  return [
    ...hanging(operation.id, operation.summary, operation.id.length + 2, lineWidth),
    ...hanging('  sizes', sizes, 9, lineWidth),
    ...lines,
  ].join('\n');
}

function plainData({ operation, kernels }: Selection): object {
  const { id, title, summary, parameters, presets, cases } = operation;
  return { id, title, summary, parameters, presets, cases, kernels: kernels.map(plainKernel) };
}

function plainKernel({ id, title, summary, tunables, requires = {} }: Kernel): object {
  return { id, title, summary, tunables, requires };
}
