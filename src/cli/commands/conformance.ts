/** `tilewatt conformance`: operator tests in the ONNX project's layout, run on the device. */
import { plain, significant } from '../../bench/format.js';
import { type ConformanceRow, casesOf } from '../../models/run/conformance.js';
import type { Command } from '../command.js';
import { withJobs } from '../job.js';
import { loadFolder, okOr, only } from '../model-files.js';
import { print, write } from '../output.js';
import { renderTable } from '../text-table.js';
import { UsageError } from '../usage.js';

export const conformance: Command = {
  synopsis: 'conformance DIR',
  about: 'run operator tests of the ONNX project, or any others in their layout, on this device',
  detail: [
    'DIR holds folders with model.onnx and test_data_set_0/{input,output}_0.pb, at any depth. Outputs must agree to 1e-3 relative',
    'and 1e-7 absolute, integers and text exactly. A case that is refused or fails says why, and counts as not passed.',
  ].join('\n'),
  options: ['runtime', 'filter', 'json'],
  examples: [
    ['tilewatt conformance onnx/backend/test/data/node', 'all of them'],
    ['tilewatt conformance node --filter softmax --json - --runtime dawn', 'some of them, for programs'],
  ],
  run: async ({ positionals, settings }) => {
    const folder = only('conformance', 'a folder such as DIR', positionals);
    const files = loadFolder(folder, /(^|\/)(model\.onnx|test_data_set_\d+\/(input|output)_\d+\.pb)$/);
    const cases = casesOf(files).filter(({ name }) => name.includes(settings.filter ?? ''));
    if (cases.length === 0) {
      throw new UsageError(
        `${folder} holds no case${settings.filter ? ` with "${settings.filter}" in its name` : ''}: folders with model.onnx and test_data_set_0.`,
      );
    }
    return withJobs(settings, async (jobs) => {
      const outcome = okOr(await jobs.follow((job, onProgress) => jobs.api.conformance({ job, cases }, onProgress)));
      const { rows, environment } = outcome;
      const passed = rows.filter(({ status }) => status === 'ok').length;
      const { json } = settings.outputs;
      if (json !== undefined) {
        const summary = { passed, cases: rows.length, byKernels: byKernels(rows) };
        write(json, `${JSON.stringify({ environment, summary, rows }, null, 2)}\n`);
      }
      if (json !== '-') print(plain(describe(rows, passed)));
      return passed === rows.length ? 0 : 1;
    });
  },
};

/** Cases that passed and had at least one node computed by a kernel. */
function byKernels(rows: readonly ConformanceRow[]): number {
  return rows.filter(({ status, deviceNodes = 0 }) => status === 'ok' && deviceNodes > 0).length;
}

/** The first node that was computed on the host, and why. */
function onHost(nodes: ConformanceRow['hostNodes']): string {
  const first = nodes?.[0];
  return first === undefined ? '' : `${first.node}: ${first.reason}`;
}

function describe(rows: readonly ConformanceRow[], passed: number): string {
  const columns = [
    { title: 'case', align: 'left' },
    { title: 'result', align: 'left' },
    { title: 'of tolerance', align: 'right' },
    { title: 'kernels', align: 'right' },
    { title: 'host', align: 'right' },
    { title: 'reason', align: 'left' },
  ] as const;
  const cells = rows.map(({ name, status, worst, deviceNodes, hostNodes, reason }) => [
    name,
    status,
    worst === undefined ? '' : `${significant(100 * worst)} %`,
    deviceNodes === undefined ? '' : String(deviceNodes),
    hostNodes === undefined ? '' : String(hostNodes.length),
    reason ?? onHost(hostNodes),
  ]);
  const share = significant((100 * passed) / rows.length);
  return [
    renderTable({ columns, rows: cells }),
    `${passed} of ${rows.length} pass (${share} %), ${byKernels(rows)} of them with nodes computed by kernels.`,
  ].join('\n\n');
}
