/**
 * Sampling power with nvidia-smi, against a stand-in on PATH that prints in its documented CSV format: this tests how the
 * process is handled and read, and says nothing of a GPU.
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseRuns } from '../src/bench/energy/runs.js';
import { samplePower } from '../src/cli/nvidia-smi.js';
import { buildCli, startTilewatt, tilewatt } from './support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'tilewatt-nvidia-smi-'));
const path = process.env.PATH ?? '';
/** The stand-in is a script that only a POSIX system runs. */
const windows = process.platform === 'win32';
const reason = windows ? ' (skipped: the stand-in is a POSIX script, which Windows does not run)' : '';
const stands = describe.skipIf(windows);

/** Body of a program that is found as nvidia-smi; `line(watts)` writes one reading as the tool does. */
function standIn(body: string): void {
  const file = join(folder, 'nvidia-smi');
  const program = `#!${process.execPath}
const two = (value, digits = 2) => String(value).padStart(digits, '0');
const stamp = (at = new Date()) =>
  \`\${at.getFullYear()}/\${two(at.getMonth() + 1)}/\${two(at.getDate())} \${two(at.getHours())}:\${two(at.getMinutes())}:\${two(at.getSeconds())}.\${two(at.getMilliseconds(), 3)}\`;
const header = () => console.log('timestamp, power.draw [W]');
const line = (watts) => console.log(\`\${stamp()}, \${watts}\`);
${body}
`;
  writeFileSync(file, program);
  chmodSync(file, 0o755);
}

const steady = "header(); line('71.25 W'); setInterval(() => line('71.25 W'), 20);";

beforeAll(() => {
  process.env.PATH = `${folder}${delimiter}${path}`;
});
afterEach(() => rmSync(join(folder, 'nvidia-smi'), { force: true }));
afterAll(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true, force: true });
});

async function sampled(forMs = 150) {
  const sampling = await samplePower(2000);
  if (sampling.status !== 'ok') throw new Error(sampling.reason);
  await new Promise((done) => setTimeout(done, forMs));
  return sampling.stop();
}

async function refusal(patienceMs = 5000): Promise<string> {
  const sampling = await samplePower(patienceMs);
  if (sampling.status === 'ok') {
    await sampling.stop();
    throw new Error('It was accepted.');
  }
  return sampling.reason;
}

stands(`a stand-in for nvidia-smi${reason}`, { timeout: 30_000 }, () => {
  it('is asked for time and power as CSV, and read in the local time it writes', async () => {
    standIn(
      `if (!process.argv.includes('--query-gpu=timestamp,power.draw') || !process.argv.includes('--format=csv')) process.exit(2);\n${steady}`,
    );
    const before = Date.now();
    const { samples = [], reason } = await sampled();
    expect(reason).toBeUndefined();
    expect(samples.length).toBeGreaterThan(2);
    for (const { ms, watts } of samples) {
      expect(watts).toBe(71.25);
      expect(ms).toBeGreaterThanOrEqual(before - 1);
      expect(ms).toBeLessThanOrEqual(Date.now());
    }
  });

  it('may leave readings out, and a line unfinished', async () => {
    standIn(
      `header(); for (const watts of ['60.00 W', '[N/A]', '[Unknown Error]', '61.00 W', '[Not Supported]', '62.00 W']) line(watts);
process.stdout.write(stamp() + ', 9'); setInterval(() => {}, 1000);`,
    );
    expect((await sampled()).samples?.map(({ watts }) => watts)).toEqual([60, 61, 62]);
  });

  it('that cannot read the power is found out at the start', async () => {
    standIn("header(); line('[N/A]'); setInterval(() => line('[N/A]'), 20);");
    expect(await refusal()).toBe('nvidia-smi cannot read the power of this GPU: it says [N/A].');
  });

  it('that fails is quoted', async () => {
    standIn(
      "console.log('NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver.\\n\\nMore.'); process.exit(9);",
    );
    expect(await refusal()).toBe(
      'nvidia-smi ended without reading the power: NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver.',
    );
    standIn("console.error('No devices were found'); process.exit(6);");
    expect(await refusal()).toBe('nvidia-smi ended without reading the power: No devices were found.');
    standIn('process.exit(1);');
    expect(await refusal()).toBe('nvidia-smi ended without reading the power.');
  });

  it('that hangs is not waited for, even where it ignores being asked to end', async () => {
    standIn("process.on('SIGTERM', () => {}); header(); setInterval(() => {}, 1000);");
    const began = Date.now();
    expect(await refusal(500)).toBe('nvidia-smi gave no reading within 0.5 s, so it is not waited for.');
    expect(Date.now() - began).toBeLessThan(15_000);
  });

  it('that dies midway leaves what it had, and a sentence', async () => {
    standIn("header(); line('50.00 W'); line('51.00 W'); setTimeout(() => process.exit(0), 50);");
    const { samples, reason } = await sampled(1000);
    expect(samples?.map(({ watts }) => watts)).toEqual([50, 51]);
    expect(reason).toContain('ended before the recording did');
  });

  it('that writes something else is of no use, and why is said', async () => {
    standIn("header(); line('50.00 W'); line('-4.00 W'); setInterval(() => {}, 1000);");
    expect(await sampled()).toEqual({
      reason: expect.stringMatching(/^What nvidia-smi wrote is of no use\. .*power cannot be negative/),
    });
  });

  it('that is missing, or no program, is told', async () => {
    process.env.PATH = folder;
    try {
      expect(await refusal()).toBe('nvidia-smi is not here.');
      writeFileSync(join(folder, 'nvidia-smi'), 'x');
      chmodSync(join(folder, 'nvidia-smi'), 0o644);
      expect(await refusal()).toMatch(/^nvidia-smi (cannot be started|is not here)/);
    } finally {
      process.env.PATH = `${folder}${delimiter}${path}`;
    }
  });
});

stands(`tilewatt energy record${reason}`, { timeout: 120_000 }, () => {
  beforeAll(buildCli, 120_000);
  const record = ['energy', 'record', 'copy', 'gemv-f32/rows', '--seconds', '0.4', '--runtime', 'dawn', '--json', '-'];

  it('keeps the readings beside the runs that they span', async () => {
    standIn(steady);
    const { code, stdout, stderr } = await tilewatt(record);
    expect(code, stderr).toBe(0);
    const { runs, log = [] } = parseRuns(stdout);
    expect(runs.length).toBeGreaterThan(1);
    for (const { startMs, endMs } of runs) {
      expect(log[0]!.ms).toBeLessThanOrEqual(startMs);
      expect(log.at(-1)!.ms).toBeGreaterThanOrEqual(endMs - 200);
    }
    expect(new Set(log.map(({ watts }) => watts))).toEqual(new Set([71.25]));
  });

  it('records without it, and says so', async () => {
    standIn('process.exit(9);');
    const { code, stdout, stderr } = await tilewatt(record);
    expect(code, stderr).toBe(0);
    expect(parseRuns(stdout).log).toBeUndefined();
    expect(stderr).toContain('nvidia-smi ended without reading the power. Log the power with another tool meanwhile.');
  });

  it('ends the tool on Ctrl-C, and keeps what was recorded', async () => {
    standIn(steady);
    const { child, ended, says } = startTilewatt(record.map((arg) => (arg === '0.4' ? '3' : arg)));
    await says('running ');
    child.kill('SIGINT');
    // It closes only once nobody holds its pipes any more.
    const { stderr } = await ended;
    expect(stderr).toContain('Cancelling');
  });
});
