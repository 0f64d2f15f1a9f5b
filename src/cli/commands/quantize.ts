/** `tilewatt quantize`: writes a quantized model, with what became of each layer. */

import { resolve } from 'node:path';
import { formatBytes, plain } from '../../bench/format.js';
import type { ExportRequest, LayerOutcome } from '../../worker/models-api.js';
import type { Command } from '../command.js';
import { withJobs } from '../job.js';
import { okOr, only, openInRuntime } from '../model-files.js';
import type { Settings } from '../options.js';
import { checkWritable, print, write } from '../output.js';
import { checkNames, namesOf } from '../scheme-names.js';
import { renderTable } from '../text-table.js';
import { UsageError } from '../usage.js';
import { checkModelAndData, openModelAndData, settingsOf } from './accuracy.js';

const forms = ['qdq', 'matmulnbits', 'safetensors'] as const satisfies readonly ExportRequest['form'][];

export const quantize: Command = {
  synopsis: 'quantize MODEL',
  about: 'write a quantized ONNX model or its weights as safetensors',
  detail: [
    'The original is spliced: what is not quantized stays byte for byte. qdq writes DequantizeLinear, with blocks in',
    'operator set 21, matmulnbits the 4-bit operators of ONNX Runtime where a layer fits them, safetensors the weights alone, rounded.',
    'Static schemes such as int8 need --data to find ranges on.',
    '',
    ...namesOf(),
  ].join('\n'),
  options: [
    'runtime',
    'schemes',
    'form',
    'out',
    'data',
    'labels',
    'scale',
    'limit',
    'method',
    'calibrator',
    'calibration-items',
    'exclude',
  ],
  flags: { schemes: 'what to quantize to: one of those above (default int8)' },
  examples: [
    ['tilewatt quantize model.onnx --schemes int8 --data images.idx.gz --out model.int8.onnx', 'static INT8 as QDQ'],
    ['tilewatt quantize model.safetensors --schemes int4-g32', 'packed codes and scales in place of each matrix'],
    [
      'tilewatt quantize model.onnx --schemes int4-g32 --form matmulnbits --out model.int4.onnx',
      '4-bit weights in blocks of 32',
    ],
  ],
  run: async ({ positionals, settings }) => {
    const path = only('quantize', 'a file such as model.onnx', positionals);
    const [scheme, another] = settings.schemes ?? ['int8'];
    if (another !== undefined) throw new UsageError('quantize writes one scheme: --schemes int4-g32.');
    const form = formOf(settings, path);
    const out = settings.out ?? defaultName(path, scheme!, form);
    if (resolve(out) === resolve(path)) throw new UsageError(`--out ${out} is the model itself. Give another name.`);
    checkNames([scheme!], settings);
    checkModelAndData(path, settings);
    checkWritable({ outputs: {}, out });
    return withJobs(settings, async (jobs) => {
      const opened =
        settings.data === undefined
          ? { model: (await openInRuntime(jobs, path)).id }
          : await openModelAndData(jobs, path, settings);
      const request = { ...opened, settings: settingsOf(settings, scheme!), form };
      const { file, layers, remark } = okOr(
        await jobs.follow((job, onProgress) => jobs.api.exportModel({ ...request, job }, onProgress)),
      );
      write(out, file.bytes);
      if (layers) print(plain(describe(layers)));
      jobs.say(`Wrote ${out}, ${formatBytes(file.bytes.length)}.${remark ? ` ${remark}` : ''}`);
      return 0;
    });
  },
};

function describe(layers: readonly LayerOutcome[]): string {
  const columns = [
    { title: 'layer', align: 'left' },
    { title: 'weights', align: 'right' },
    { title: 'quantized', align: 'right' },
    { title: 'SQNR', align: 'right' },
    { title: 'here', align: 'left' },
  ] as const;
  const rows = layers.map(({ name, bytesBefore, bytesAfter, sqnr, computed, why = '' }) => [
    name,
    formatBytes(bytesBefore),
    formatBytes(bytesAfter),
    sqnr === undefined ? '' : Number.isFinite(sqnr) ? `${sqnr.toFixed(1)} dB` : 'exact',
    computed === 'native' ? 'native' : `${computed}: ${why}`,
  ]);
  return renderTable({ columns, rows });
}

/** What a file of safetensors becomes, is one too. */
function formOf({ form: given }: Settings, path: string): ExportRequest['form'] {
  const form = given ?? (path.endsWith('.safetensors') ? 'safetensors' : 'qdq');
  const found = forms.find((name) => name === form);
  if (found !== undefined) return found;
  throw new UsageError(`--form cannot be ${form}. It is one of ${forms.join(', ')}.`);
}

/** `model.onnx` → `model.int8.onnx`, beside it. */
function defaultName(path: string, scheme: string, form: ExportRequest['form']): string {
  const extension = form === 'safetensors' ? 'safetensors' : 'onnx';
  return `${path.replace(/\.[^./\\]*$/, '')}.${scheme}.${extension}`;
}
