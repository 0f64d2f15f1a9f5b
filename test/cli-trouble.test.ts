/** The command line as a process when things go wrong: interrupts, closed pipes, files that cannot be written, browsers that fail. */
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseResults } from '../src/bench/results.js';
import { buildCli, program, startTilewatt, tilewatt } from './support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'tilewatt-cli-trouble-'));
const small = ['--shape', 'm=33,n=17,k=20'];

beforeAll(buildCli, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('when things go wrong', () => {
  it('ends in silence where its reader has seen enough', async () => {
    const { child, ended } = startTilewatt(['list', '--json', '-']);
    child.stdout!.destroy();
    expect(await ended).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('does not take a full disk for success', async ({ skip }) => {
    if (!existsSync('/dev/full')) skip('there is no /dev/full here');
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [program, 'list'], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(full);
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('Cannot write the results') });
  });

  it('keeps what is there where it is ended politely, in Chromium too', async () => {
    const args = ['bench', 'gemm-f32/naive', '--thoroughness', 'thorough', '--json', '-', ...small];
    const { child, ended, says } = startTilewatt(args);
    await says('timing');
    child.kill('SIGTERM');
    const { code, stdout, stderr } = await ended;
    expect(code, stderr).toBe(1);
    expect(parseResults(stdout).rows).toHaveLength(1);
  });

  it('says that a self-check was not finished', async () => {
    const { child, ended, says } = startTilewatt(['selfcheck', '--runtime', 'dawn', '--seconds', '1', ...small]);
    await says('comparison 2 of 20');
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    expect(code).toBe(1);
    expect(stdout).toMatch(/against itself, \d+ of 20 comparisons, cancelled/);
  });

  it('keeps what is there on Ctrl-C', async () => {
    const args = [
      'bench',
      'gemm-f32/naive',
      '--runtime',
      'dawn',
      '--thoroughness',
      'thorough',
      '--json',
      '-',
      ...small,
    ];
    const { child, ended, says } = startTilewatt(args);
    await says('timing');
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect(code, stderr).toBe(1);
    expect(stderr).toContain('Cancelling');
    expect(parseResults(stdout).rows).toHaveLength(1);
  });

  it('says that a file cannot be written', async () => {
    const file = join(folder, 'missing', 'x.json');
    const { code, stderr } = await tilewatt(['list', '--json', file]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(`Cannot write ${file}`) });
  });

  it('says that the named browser is not there', async () => {
    const { code, stderr } = await tilewatt(['device'], { TILEWATT_CHROMIUM: join(folder, 'no-browser') });
    expect(code).toBe(1);
    expect(stderr).toContain('Correct or unset TILEWATT_CHROMIUM');
  });

  it('says that the browser does not start', async () => {
    const { code, stderr } = await tilewatt(['device'], { TILEWATT_CHROMIUM: process.execPath });
    expect(code).toBe(1);
    expect(stderr).toContain('does not start');
  });

  it('says that the browser has no adapter', async () => {
    // Without its software rasterizer a Chromium on a machine without GPU finds none; so it does with all GPUs ruled out.
    const flags = '--disable-software-rasterizer --disable-gpu --use-webgpu-power-preference=none';
    const { code, stdout, stderr } = await tilewatt(['device'], { TILEWATT_CHROMIUM_FLAGS: flags });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('offers no WebGPU adapter');
  });

  it('says that the browser died', async ({ skip }) => {
    if (process.platform !== 'linux') skip('finding the browser of a process is done through /proc');
    const args = ['bench', 'gemm-f32/naive', '--thoroughness', 'thorough', ...small];
    const { child, ended, says } = startTilewatt(args);
    await says('timing');
    const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ');
    expect(children).toHaveLength(1);
    process.kill(Number(children[0]), 'SIGKILL');
    const { code, stderr } = await ended;
    expect(code).toBe(1);
    expect(stderr).toContain('Chromium ended while it was measuring');
  });
});
