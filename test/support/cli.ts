/** Runs the command line as a process of its own, as a person would. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const root = resolve(import.meta.dirname, '../..');
/** The built command line. */
export const program = join(root, 'dist/cli/main.js');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Builds the command line and its page where they are out of date; `npm test` has done so already. */
export async function buildCli(): Promise<void> {
  await promisify(execFile)(process.execPath, [join(root, 'scripts/tilewatt.mjs'), '--version'], { cwd: root });
}

export function tilewatt(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return startTilewatt(args, env).ended;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once stderr holds the text. */
  readonly says: (text: string) => Promise<void>;
}

export function startTilewatt(args: readonly string[], env: NodeJS.ProcessEnv = {}): Started {
  const child = spawn(process.execPath, [program, ...args], { cwd: root, env: { ...process.env, ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  const ended = new Promise<Ended>((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
  const says = (text: string): Promise<void> =>
    new Promise((done, fail) => {
      const look = (): void => {
        if (stderr.includes(text)) done();
      };
      child.stderr.on('data', look);
      child.on('close', () => fail(new Error(`It ended without saying "${text}":\n${stderr}`)));
      look();
    });
  return { child, ended, says };
}
