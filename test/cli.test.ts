/** The command line as a process: what it prints where, its exit codes, and what it says to mistakes. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { version } from '../package.json';
import { parseResults } from '../src/bench/results.js';
import { parseCeilings } from '../src/bench/roofline/ceilings.js';
import { kernels, ladders } from '../src/kernel/catalog.js';
import { buildCli, tilewatt } from './support/cli.js';
import { type Draft, external, spoiled, whole } from './support/onnx-model.js';

const folder = mkdtempSync(join(tmpdir(), 'tilewatt-cli-'));
const model = join(import.meta.dirname, '../public/models/digits.onnx');
const small = ['--shape', 'm=33,n=17,k=20'];

beforeAll(buildCli, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.concurrent('help', () => {
  it('lists the commands on stdout', async () => {
    const { code, stdout, stderr } = await tilewatt(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const names = ['bench', 'compare A B', 'sweep', 'verify', 'roofline', 'energy', 'list', 'device', 'source KERNEL'];
    for (const name of names) {
      expect(stdout).toContain(name);
    }
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  it.each(['bench', 'compare', 'selfcheck', 'sweep', 'verify', 'roofline', 'energy', 'list', 'device', 'source'])(
    'teaches %s with examples',
    async (name) => {
      const { code, stdout } = await tilewatt([name, '--help']);
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`Examples\n {2}tilewatt ${name}`));
      expect(await tilewatt(['help', name])).toMatchObject({ stdout });
    },
  );

  it('tells its version', async () => {
    expect(await tilewatt(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('calls no command bad usage', async () => {
    expect(await tilewatt([])).toMatchObject({ code: 2, stdout: '' });
  });
});

describe.concurrent('bad usage', () => {
  it.each([
    [['benhc'], 'Did you mean bench?'],
    [['bench', '--shap', '4'], 'Did you mean --shape?'],
    [['verify', '--thoroughness', 'quick'], 'Other commands have it'],
    [['bench', 'gem-f32'], 'Did you mean gemm-f32?'],
    [['verify', 'gem-f32/naiv'], 'Did you mean gemm-f32/naive?'],
    [['source', 'gemm-f32'], 'is an operation'],
    [['bench', '--shape', 'm=1,n=2'], 'needs a value for k too: --shape m=1,n=2,k='],
    [['bench', '--shape', '512x256x64'], 'sizes go by their names. Write m=512,n=256,k=64.'],
    [['bench', '--shape', 'm=1,m=2'], 'gives m twice'],
    [['bench', '--seed', '1', '--seed', '2'], '--seed is given twice'],
    [['bench', '--json', folder], `Cannot write ${folder}: it is a folder`],
    [['roofline', '--json', join(folder, 'no', 'x')], 'there is no folder'],
    [['bench', '--energy', 'h100-sxn'], 'Did you mean h100-sxm?'],
    [['bench', '--ceilings', 'no.json'], 'Cannot read no.json'],
    [['bench', '--shape', 'm=1,n=2,k=0'], 'k must be a positive integer, not 0'],
    [['bench', '--shape', 'm=1,n=2,k=-1'], 'no positive integer'],
    [['bench', '--shape', 'm=1,n=2,kk=3'], 'Did you mean k?'],
    [['bench', '--shape', 'm=1,n=2,k=4294967296'], 'k must be'],
    [['bench', 'gemm-f32/naive', '--set', 'grupX=8'], 'Did you mean groupX?'],
    [['bench', 'gemm-f32', '--set', 'tileK=5'], 'Tunable tileK of gemm-f32/blocked must be one of 8, 16, 32, not 5.'],
    [['bench', '--runtime', 'dwan'], 'Did you mean dawn?'],
    [['bench', '--seed', '-1'], '--seed'],
    [['bench', '--seconds', 'x'], '--seconds'],
    [['bench', '--json'], 'needs a value'],
    [['bench', '--json', '-', '--csv', '-'], 'Two formats cannot go to stdout'],
    [['bench', '--help=1'], 'takes no value'],
    [['bench', '--baseline', 'gemm-f32/nave'], 'Did you mean gemm-f32/naive?'],
    [['compare', 'gemm-f32/naive'], 'compare takes two kernels'],
    [['sweep', 'gemm-f32'], 'sweep needs what varies'],
    [['sweep', 'gemm-f32', '--vary', 'q=1,2'], 'None of these kernels has a size q'],
    [['sweep', 'gemm-f32', '--vary', 'm=1,x'], 'no positive integer'],
    [['compare', 'gemm-f32/naive', 'gemm-f32/naive'], 'tilewatt selfcheck gemm-f32/naive'],
    [['compare', 'a', 'b'], 'No kernel is called a. "tilewatt list"'],
    [['sweep', 'gemm-f32', '--vary', 'm=1,2,1'], 'has 1 twice'],
    [['selfcheck', 'gemm-f32/naive', 'gemm-f32/tiled'], 'takes one kernel'],
    [['accuracy', 'm.onnx', '--data', 'x', '--schemes', 'int8,int9'], 'No scheme is called int9. Did you mean int8?'],
    [['accuracy', 'm.onnx', '--data', 'x', '--schemes', 'int8,int8'], 'has int8 twice'],
    [['quantize', 'm.onnx', '--method', 'gptqq'], 'Did you mean gptq?'],
    [['quantize', model, '--out', join(folder, 'no', 'q.onnx')], 'there is no folder'],
    [['quantize', 'm.onnx'], 'There is no file m.onnx'],
    [['device', 'gemm-f32'], 'takes no argument'],
    [['inspect'], 'inspect needs a file'],
    [['inspect', 'absent.onnx'], 'There is no file absent.onnx'],
    [['inspect', 'a.onnx', 'b.onnx'], 'takes one file'],
    [['roofline', 'gemm-f32'], 'takes no argument'],
    [['energy', 'clases'], 'Did you mean classes?'],
    [['energy', 'calibrate'], 'needs --watts IDLE,FMA,COPY'],
    [['energy', 'calibrate', '--watts', '1,2'], 'takes three numbers'],
    [['energy', 'record'], 'needs --json FILE'],
    [['energy', 'import', 'power.csv'], 'needs --runs FILE'],
    [['energy', 'import', 'power.csv', '--runs', 'missing.json'], 'Cannot read missing.json'],
    [['bench', '--eta', '2'], 'from 0 to 1'],
    [['bench', '--carbon', 'x'], '--carbon must be a number'],
  ])('%j exits with 2 and says what to type', async (args, sentence) => {
    const { code, stdout, stderr } = await tilewatt(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('inspect', () => {
  it('shows operators, costs, memory and tensors', async () => {
    const path = join(folder, 'small.onnx');
    writeFileSync(path, whole);
    const { code, stdout, stderr } = await tilewatt(['inspect', path]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const text of ['MatMul ×1', '12 multiply-adds', 'weights 80 B', 'f32[4,3]', 'ai.onnx 21']) {
      expect(stdout).toContain(text);
    }
    const { stdout: json } = await tilewatt(['inspect', path, '--json', '-']);
    expect(JSON.parse(json)).toMatchObject({ format: 'onnx', model: { macs: 12, memory: { weights: 80 } } });
  });

  it('reads external data from beside the model', async () => {
    const path = join(folder, 'external.onnx');
    const change = ({ graph }: Draft) => graph.initializer.push(external({ location: 'weights.bin' }));
    writeFileSync(path, spoiled(change));
    expect(await tilewatt(['inspect', path])).toMatchObject({ code: 1, stdout: '' });
    writeFileSync(join(folder, 'weights.bin'), new Uint8Array(16));
    expect(await tilewatt(['inspect', path])).toMatchObject({ code: 0, stderr: '' });
  });

  it('says in one sentence what is wrong with a file', async () => {
    const path = join(folder, 'cut.onnx');
    writeFileSync(path, whole.subarray(0, 200));
    const { code, stdout, stderr } = await tilewatt(['inspect', path]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^tilewatt: .*cut\.onnx: graph announces \d+ bytes where \d+ are left\.\n$/);
  });
});

describe('list', () => {
  it('shows every kernel with its tunables', async () => {
    const { code, stdout, stderr } = await tilewatt(['list']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const id of kernels.keys()) expect(stdout).toContain(`  ${id} `);
  });

  it('filters by operation, by kernel and by prefix', async () => {
    const listed = async (filter: string): Promise<readonly string[]> => {
      const { stdout } = await tilewatt(['list', filter, '--json', '-']);
      return JSON.parse(stdout).flatMap((card: { kernels: { id: string }[] }) => card.kernels.map(({ id }) => id));
    };
    const ladder = ladders.get('gemm-f32')!.kernels.map(({ id }) => id);
    expect(await listed('gemm-f32')).toEqual(ladder);
    expect(await listed('gemm-f32/naive')).toEqual(['gemm-f32/naive']);
    expect(await listed('gemm-f32/n')).toEqual(ladder.filter((id) => id.startsWith('gemm-f32/n')));
    expect(await listed('all')).toHaveLength(kernels.size);
  });
});

it('prints the WGSL as compiled, and nothing else', async () => {
  const { code, stdout, stderr } = await tilewatt(['source', 'gemm-f32/naive', '--set', 'groupX=8']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('const GROUP_X = 8;');
  expect(stdout).toContain('@compute');
});

describe.each(['dawn', 'chromium'])('in %s', (runtime) => {
  it('describes the device', async () => {
    const { code, stdout } = await tilewatt(['device', '--runtime', runtime, '--json', '-']);
    expect(code).toBe(0);
    const card = JSON.parse(stdout);
    expect(card.facts.limits.maxStorageBufferBindingSize).toBeGreaterThan(0);
    expect(card.timer.quantumNs).toBeGreaterThan(0);
  });

  it('verifies, and says so in a table', async () => {
    const { code, stdout } = await tilewatt(['verify', 'gemm-f32/naive', '--runtime', runtime, ...small]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^kernel +cases +elements +worst error\n─/);
    expect(stdout).toMatch(/\ngemm-f32\/naive +✓ 1 right +561 +[\d.]+ % of bound\n/);
    expect(stdout).toMatch(/\n1 right\n$/);
  });

  it('measures: results alone on stdout, progress on stderr, files beside', async () => {
    const [json, csv, md] = ['json', 'csv', 'md'].map((ending) => join(folder, `${runtime}.${ending}`));
    const outputs = ['--json', '-', '--csv', csv!, '--md', md!];
    const args = ['bench', 'gemm-f32/naive', '--runtime', runtime, '--shape', '96', '--seconds', '2', '--seed', '5'];
    const { code, stdout, stderr } = await tilewatt([...args, ...outputs]);
    expect(code, stderr).toBe(0);
    const { environment, rows } = parseResults(stdout);
    expect(environment).toMatchObject({ version, seed: 5 });
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ kernel: 'gemm-f32/naive', status: 'ok', shape: { m: 96, n: 96, k: 96 } });
    expect(rows[0]!.time?.meanNs, rows[0]!.reason).toBeGreaterThan(0);
    expect(stderr).toContain('verifying gemm-f32/naive');
    expect(readFileSync(csv!, 'utf8').split('\r\n')).toHaveLength(3);
    expect(readFileSync(md!, 'utf8')).toContain('| gemm-f32/naive | ✓');
    expect(existsSync(json!)).toBe(false);
  });
});

describe('sweep', () => {
  it('measures at every value and keeps the place of each row', async () => {
    const args = [
      'sweep',
      'gemm-f32/naive',
      'gemm-f32/tiled',
      '--vary',
      'm,n,k=16,48',
      '--seconds',
      '2',
      '--runtime',
      'dawn',
    ];
    const { code, stdout, stderr } = await tilewatt([...args, '--json', '-']);
    expect(code, stderr).toBe(0);
    const results = parseResults(stdout);
    expect(results.sweep).toEqual({ axis: 'm,n,k' });
    expect(results.rows.map(({ at, shape }) => [at, shape.k])).toEqual([
      [16, 16],
      [16, 16],
      [48, 48],
      [48, 48],
    ]);
  });
});

it('lists the classes of GPUs with their sources', async () => {
  const { code, stdout } = await tilewatt(['energy', 'classes']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/\nh100-sxm +700 +HBM3, 6 pJ\/bit +33.5 T +NVIDIA H100 data sheet/);
});

describe('the roofline', () => {
  const file = join(folder, 'ceilings.json');

  it('is measured, shown as a table and kept', async () => {
    const { code, stdout, stderr } = await tilewatt([
      'roofline',
      '--runtime',
      'dawn',
      '--seconds',
      '4',
      '--json',
      file,
    ]);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^ceiling +rate +95 % interval +by\n/);
    const ceilings = parseCeilings(readFileSync(file, 'utf8'));
    if (ceilings.adapter.software) expect(stdout).toContain('software adapter: its ceilings say nothing about a GPU');
    expect(ceilings.memory.length).toBeGreaterThan(0);
  });

  it('places rows, and gives no joules on a software adapter', async () => {
    const args = ['bench', 'copy/vec4', '--runtime', 'dawn', '--shape', '65536', '--seconds', '2', '--json', '-'];
    const { code, stdout, stderr } = await tilewatt([...args, '--ceilings', file, '--energy', 'auto']);
    expect(code, stderr).toBe(0);
    const { rows, environment } = parseResults(stdout);
    expect(rows[0]!.roofline, rows[0]!.reason).toMatchObject({ fraction: expect.any(Number), intensity: 0.125 });
    if (!environment.adapter.software) return;
    expect(stderr).toContain('A software adapter has no GPU power model');
    expect(rows[0]!.energy).toBeUndefined();
  });

  it('refuses ceilings of another device', async () => {
    const other = join(folder, 'other.json');
    writeFileSync(other, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), key: 'another one' }));
    const { code, stderr } = await tilewatt(['bench', 'copy/vec4', '--runtime', 'dawn', '--ceilings', other]);
    expect(code).toBe(2);
    expect(stderr).toContain('belong to another one, not to this adapter and browser');
  });
});
