/** `tilewatt run`: a model on the device, its outputs, where each node was computed, and how long a run takes. */
import { formatBytes, formatTime, plain, significant } from '../../bench/format.js';
import { describeType } from '../../models/tensor.js';
import type { MemoryPlan, ModelCard, ModelRunReport, OutputCard } from '../../worker/models-api.js';
import type { Command } from '../command.js';
import { withJobs } from '../job.js';
import { checkThere, okOr, only, openInRuntime } from '../model-files.js';
import { formatRuns } from '../model-times.js';
import type { Settings } from '../options.js';
import { print, write } from '../output.js';
import { RuntimeFailure } from '../runtime.js';
import { suggestion, UsageError } from '../usage.js';

export const run: Command = {
  synopsis: 'run MODEL',
  about: 'run an ONNX model on this device: outputs, placement, memory, time',
  detail: [
    'Inputs are random, from the seed. Open dimensions are set with --batch and --sizes. Nodes without a kernel are computed on',
    'the host, and listed with the reason. The time is the wall clock of a whole run, upload and readback included.',
  ].join('\n'),
  options: ['runtime', 'batch', 'sizes', 'seed', 'repeats', 'json'],
  examples: [
    ['tilewatt run model.onnx', 'one run for the outputs, ten for the time'],
    ['tilewatt run model.onnx --sizes sequence=128 --batch 4 --runtime dawn', 'open dimensions, without a browser'],
  ],
  run: async ({ positionals, settings }) => {
    const path = only('run', 'a file such as model.onnx', positionals);
    const { batch = 1, sizes, seed, repeats = 10 } = settings;
    checkThere(path);
    return withJobs(settings, async (jobs) => {
      const card = await openInRuntime(jobs, path);
      if (card.unsupported.length > 0)
        throw new RuntimeFailure('The model cannot be run; tilewatt inspect shows the rest.');
      checkSizes(card, sizes);
      const asked = { model: card.id, batch, ...(sizes ? { sizes } : {}) };
      const { memory } = okOr(await jobs.api.planModel(asked));
      jobs.say(`Takes ${describeMemory(memory)}.`);
      const request = { ...asked, seed, repeats };
      const { report } = okOr(
        await jobs.follow((job, onProgress) => jobs.api.runModel({ ...request, job }, onProgress)),
      );
      const { json } = settings.outputs;
      if (json !== undefined) write(json, `${JSON.stringify({ memory, ...report }, null, 2)}\n`);
      if (json !== '-') print(plain(describe(report, memory)));
      return 0;
    });
  },
};

/** @throws UsageError for a dimension that no input has. */
function checkSizes({ inputs }: ModelCard, sizes: Settings['sizes'] = {}): void {
  const names = new Set(inputs.flatMap(({ dims }) => dims.filter((dim) => typeof dim === 'string')));
  const unknown = Object.keys(sizes).find((name) => !names.has(name));
  if (unknown === undefined) return;
  const known = names.size > 0 ? `There are: ${[...names].join(', ')}.` : 'All of its dimensions are fixed.';
  throw new UsageError(
    `No input of the model has a dimension called ${unknown}.${suggestion(unknown, names)} ${known}`,
  );
}

function describeMemory({ weights, values, complete }: MemoryPlan): string {
  const rest = complete ? '' : ', and more for shapes that only a run can tell';
  return `${formatBytes(weights)} for weights and ${formatBytes(values)} for values on the device${rest}`;
}

function describe({ outputs, facts, firstMs, time }: ModelRunReport, memory: MemoryPlan): string {
  const { deviceNodes, hostNodes, dispatches, parts, memory: taken } = facts;
  const cut = parts > dispatches ? ` in ${parts} parts` : '';
  const lines = [
    ...outputs.map(describeOutput),
    '',
    `nodes     ${deviceNodes} by kernels in ${dispatches} dispatches${cut}, ${facts.views} views, ${hostNodes.length} on the host`,
    ...hostNodes.map(({ node, reason }) => `          ${node}: ${reason}`),
    `memory    ${formatBytes(taken.allocated)} allocated; planned ${describeMemory(memory)}`,
    `first     ${formatTime(firstMs * 1e6)}, with compiling and uploading`,
  ];
  if (time !== undefined) lines.push(`run       ${formatRuns(time)} (${time.samples} runs)`);
  return lines.join('\n');
}

function describeOutput({ name, type, dims, least, greatest, nonFinite, head }: OutputCard): string {
  const range =
    least === undefined || greatest === undefined
      ? 'no finite element'
      : `${significant(least)} … ${significant(greatest)}`;
  const spoiled = nonFinite > 0 ? `, ${nonFinite} NaN or infinite` : '';
  return `${name}  ${describeType(type, dims)}  ${range}${spoiled}\n  ${head.map((value) => significant(value)).join(' ')}`;
}
