/** Samples the board's power with nvidia-smi while something runs, where that tool exists and can read it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { PowerLogError, type PowerSample, parsePowerLog } from '../bench/energy/power-log.js';

export type Sampling =
  | { readonly status: 'ok'; readonly stop: () => Promise<Sampled> }
  /** There is no such tool, or it reads nothing; `reason` is a sentence. */
  | { readonly status: 'refused'; readonly reason: string };

export interface Sampled {
  /** In order of time; undefined where there are too few. */
  readonly samples?: readonly PowerSample[];
  /** Why there are none, or why they end early. */
  readonly reason?: string;
}

const query = ['--query-gpu=timestamp,power.draw', '--format=csv', '--id=0', '--loop-ms=100'];

/** A driver that sleeps takes seconds to wake. */
const patience = 10_000;
/** What ends no earlier than this after it was asked to is ended by force. */
const grace = 2_000;

/** Waits for the first reading, so that a tool that gives none is found out before anything is recorded. Samples the first GPU. */
export async function samplePower(patienceMs = patience): Promise<Sampling> {
  const child = spawn('nvidia-smi', query, { stdio: ['ignore', 'pipe', 'pipe'] });
  const written = { out: '', err: '' };
  const ended = once(child, 'exit').then(() => 'ended' as const);
  // Where it could not be started there is no exit.
  ended.catch(() => {});
  child.stderr.on('data', (data) => {
    written.err += data;
  });
  const reading = new Promise<'reading'>((done) => {
    child.stdout.on('data', (data) => {
      written.out += data;
      if (firstReading(written.out) !== undefined) done('reading');
    });
  });
  const timer = new AbortController();
  const tired = wait(patienceMs, 'tired' as const, { signal: timer.signal }).catch(() => 'tired' as const);
  const met = await Promise.race([reading, ended, tired]).catch((error: NodeJS.ErrnoException) => error);
  timer.abort();
  // What it said last may still be on its way.
  if (met === 'ended') await Promise.race([once(child, 'close'), wait(200)]);
  if (met instanceof Error) return { status: 'refused', reason: unstarted(met) };
  const reason = refusalOf(met, written, patienceMs);
  if (reason === undefined) return { status: 'ok', stop: () => collect(child, ended, written) };
  await end(child, ended);
  return { status: 'refused', reason };
}

/** The cell of watts in the first whole line below the header; what fails writes its sentences to the same stream. */
function firstReading(text: string): string | undefined {
  const lines = text.split('\n').slice(0, -1);
  const header = lines.findIndex((line) => line.startsWith('timestamp'));
  const [, value] = lines[header + 1]?.split(',') ?? [];
  return header < 0 ? undefined : value?.trim();
}

function unstarted({ code, message }: NodeJS.ErrnoException): string {
  return code === 'ENOENT' ? 'nvidia-smi is not here.' : `nvidia-smi cannot be started: ${message}.`;
}

function refusalOf(
  met: 'reading' | 'ended' | 'tired',
  { out, err }: { readonly out: string; readonly err: string },
  patienceMs: number,
): string | undefined {
  const value = firstReading(out);
  if (met === 'tired') return `nvidia-smi gave no reading within ${patienceMs / 1000} s, so it is not waited for.`;
  if (value === undefined) {
    const said = `${err}\n${out}`.split('\n').find((line) => line.trim() !== '');
    return `nvidia-smi ended without reading the power${said ? `: ${said.trim().replace(/\.$/, '')}` : ''}.`;
  }
  return /^\[.*\]$/.test(value) ? `nvidia-smi cannot read the power of this GPU: it says ${value}.` : undefined;
}

async function collect(
  child: ChildProcess,
  ended: Promise<unknown>,
  written: { readonly out: string },
): Promise<Sampled> {
  const early = child.exitCode !== null || child.signalCode !== null;
  await end(child, ended);
  const gone = early ? { reason: 'nvidia-smi ended before the recording did, so its log covers a part of it.' } : {};
  try {
    // The last line may have been cut off.
    return { samples: parsePowerLog(written.out.slice(0, written.out.lastIndexOf('\n') + 1)).samples, ...gone };
  } catch (error) {
    if (error instanceof PowerLogError) return { reason: `What nvidia-smi wrote is of no use. ${error.message}` };
    throw error;
  }
}

/** Never waits for longer than the grace, nor for whoever else holds its pipes. */
async function end(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill();
  const timer = new AbortController();
  const late = wait(grace, 'late' as const, { signal: timer.signal }).catch(() => 'late' as const);
  if ((await Promise.race([ended, late])) === 'late') child.kill('SIGKILL');
  timer.abort();
  await ended;
  child.stdout?.destroy();
  child.stderr?.destroy();
}
