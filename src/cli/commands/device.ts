/** `tilewatt device`: which GPU it is, what it can do, and how well it can be timed. */
import { adapterName } from '../../bench/export.js';
import { formatBytes, formatCount, formatTime, plain } from '../../bench/format.js';
import type { DeviceCard } from '../../worker/api.js';
import type { Command } from '../command.js';
import { withJobs } from '../job.js';
import { fitted, print, write } from '../output.js';
import { RuntimeFailure } from '../runtime.js';
import { UsageError } from '../usage.js';
import { hanging, terminalWidth } from '../wrap.js';

export const device: Command = {
  synopsis: 'device',
  about: 'the adapter, its features and limits, and its timer as measured',
  detail: 'A browser and Dawn may see the same GPU with different features and timers: try both runtimes.',
  options: ['runtime', 'json'],
  examples: [
    ['tilewatt device', 'as headless Chromium sees it'],
    ['tilewatt device --runtime dawn --json -', 'as Dawn in Node sees it, for programs'],
  ],
  async run({ positionals, settings }) {
    if (positionals.length > 0) throw new UsageError(`device takes no argument, but was given ${positionals[0]}.`);
    const outcome = await withJobs(settings, ({ api }) => api.device());
    if (outcome.status !== 'ok') throw new RuntimeFailure(outcome.reason);
    const { json } = settings.outputs;
    if (json !== undefined) write(json, `${JSON.stringify(outcome.card, null, 2)}\n`);
    if (json !== '-') print(plain(describe(outcome.card)));
    return 0;
  },
};

function describe({ adapter, runtime, timer, facts, notes }: DeviceCard): string {
  const { subgroup } = facts;
  const known = (ns: number | undefined): string => {
    if (ns === undefined) return 'not measured';
    return ns === 0 ? 'too little to measure' : formatTime(ns);
  };
  const lines: readonly (readonly [string, string])[] = [
    ['adapter', `${adapterName(adapter)}${adapter.software ? ' (software adapter)' : ''}`],
    ['vendor', [adapter.vendor, adapter.architecture].filter(Boolean).join(', ') || 'not told'],
    ['runtime', runtime],
    ['timer', timer.kind === 'timestamp' ? 'GPU timestamps' : 'wall clock (no timestamp-query)'],
    ['  step', known(timer.quantumNs)],
    ['  batch', `overhead ${known(timer.overheadNs)}`],
    ['  dispatch', `an empty one ${known(timer.launchNs)}`],
    ['  readback', `4 bytes ${known(timer.readbackNs)}`],
    ...(subgroup ? [['subgroups', subgroupSizes(subgroup)] as const] : []),
    ['features', facts.features.join(', ') || 'none'],
    ['WGSL', facts.language.join(', ') || 'no extensions'],
    ...Object.entries(facts.limits).map(([name, value]) => [name, limitOf(name, value)] as const),
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  return [
    ...lines.flatMap(([name, text]) => hanging(name, text, width + 2, terminalWidth() ?? Number.POSITIVE_INFINITY)),
    ...notes.map((note) => `\n${fitted(note)}`),
  ].join('\n');
}

function subgroupSizes({ min, max }: { readonly min: number; readonly max: number }): string {
  return min === max ? `of ${min}` : `of ${min} to ${max}`;
}

function limitOf(name: string, value: number): string {
  return /Size$/.test(name) && /Buffer|Storage/.test(name) ? formatBytes(value) : formatCount(value);
}
