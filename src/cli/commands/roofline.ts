/** `tilewatt roofline`: what this device can do at most, measured on it. */
import { adapterName } from '../../bench/export.js';
import { formatBytes, formatRange, formatSi, formatTime, plain } from '../../bench/format.js';
import type { Ceilings, ComputeKind } from '../../bench/roofline/ceilings.js';
import type { Command } from '../command.js';
import { measuredCeilings } from '../extras.js';
import { withJobs } from '../job.js';
import { print, write } from '../output.js';
import { renderTable } from '../text-table.js';
import { UsageError } from '../usage.js';

/** What one of the counted things is, and the nominal operations in it. */
const kinds: Readonly<
  Record<ComputeKind, { readonly title: string; readonly nominal: number; readonly unit: string }>
> = {
  fma32: { title: 'f32 multiply-add', nominal: 2, unit: 'FLOP/s' },
  fma16: { title: 'f16 multiply-add', nominal: 2, unit: 'FLOP/s' },
  dot4: { title: 'dot4, 8-bit', nominal: 8, unit: 'OP/s' },
  int: { title: 'integer add, xor', nominal: 1, unit: 'OP/s' },
  pair: { title: 'integer + float add (L-Mul)', nominal: 2, unit: 'OP/s' },
  sfu: { title: 'inverse square root', nominal: 1, unit: 'OP/s' },
};

export const roofline: Command = {
  synopsis: 'roofline',
  about: 'what this device can do at most, measured: arithmetic by kind, memory by working set, latency',
  detail: [
    'Every microbenchmark is verified before it is timed. A rate holds for this adapter in this browser. Copies of growing size',
    'show the caches as steps. Keep the file: "tilewatt bench --ceilings FILE" places results under it.',
  ].join('\n'),
  options: ['runtime', 'seconds', 'seed', 'json'],
  flags: { seconds: 'time for all of it (default 15 or so)' },
  examples: [
    ['tilewatt roofline', 'in headless Chromium, within 20 s or so'],
    ['tilewatt roofline --runtime dawn --json ceilings.json', 'keep the ceilings'],
  ],
  async run({ positionals, settings }) {
    if (positionals.length > 0) throw new UsageError(`roofline takes no argument, but was given ${positionals[0]}.`);
    const ceilings = await withJobs(settings, (jobs) => measuredCeilings(jobs, settings, settings.seconds));
    const { json } = settings.outputs;
    if (json !== undefined) write(json, `${JSON.stringify(ceilings, null, 2)}\n`);
    if (json !== '-') print(plain(describe(ceilings)));
    return 0;
  },
};

function describe(ceilings: Ceilings): string {
  const { compute, memory, workgroupMemory, launchNs, readbackNs, notes, adapter, runtime } = ceilings;
  const interval = ([low, high]: readonly [number, number], unit: string, factor = 1): string =>
    formatRange(low * factor, high * factor, unit);
  const rows = [
    ...compute.map(({ kind, perSecond, ci95, kernel }) => {
      const { title, nominal, unit } = kinds[kind];
      return [title, formatSi(perSecond * nominal, unit), interval(ci95, unit, nominal), kernel];
    }),
    ...memory.map(({ workingSet, perSecond, ci95 }) => [
      `copy, ${formatBytes(workingSet)} in all`,
      formatSi(perSecond, 'B/s'),
      interval(ci95, 'B/s'),
      'copy/vec4',
    ]),
    ...(workgroupMemory
      ? [
          [
            'workgroup memory, read',
            formatSi(workgroupMemory.perSecond, 'B/s'),
            interval(workgroupMemory.ci95, 'B/s'),
            'peak-workgroup-memory/rotate',
          ],
        ]
      : []),
    ...(launchNs === undefined ? [] : [['one dispatch', formatTime(launchNs), '', 'empty, within a batch']]),
    ...(readbackNs === undefined ? [] : [['readback', formatTime(readbackNs), '', 'submit, copy 4 bytes, map']]),
  ];
  const columns = (['ceiling', 'rate', '95 % interval', 'by'] as const).map((title) => ({
    title,
    align: title === 'ceiling' || title === 'by' ? ('left' as const) : ('right' as const),
  }));
  const kind = adapter.software ? ' (software adapter: its ceilings say nothing about a GPU)' : '';
  return [
    renderTable({ columns, rows: rows.map((cells) => cells.map(plain)) }),
    '',
    ...notes,
    `${adapterName(adapter)}${kind} · ${runtime}`,
  ].join('\n');
}
