/** Installing and building the project from its own scripts: what is missing or stale, and nothing else. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The three builds: what they are called, what they leave behind, and what tells that they are out of date. */
const builds = {
  app: { mode: 'production', proof: 'site/bench.html' },
  lib: { mode: 'lib', proof: 'dist/results.schema.json' },
  cli: { mode: 'cli', proof: 'dist/cli/main.js' },
};

const sources = [
  'src',
  'shaders',
  'public',
  'build',
  'scripts/lib',
  'index.html',
  'bench.html',
  'vite.config.ts',
  'tsconfig.dts.json',
  'package.json',
  'package-lock.json',
];

/**
 * Says what is going on; on stderr, so that stdout holds results only.
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * @typedef {object} RunOptions
 * @property {NodeJS.ProcessEnv} [env]
 * @property {boolean} [shell]
 * @property {boolean} [toStdout] its output on stdout in place of stderr
 */

/**
 * Runs a program in the project's root.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} options
 * @returns {number} its exit code
 */
export function run(command, args, { env = process.env, shell = false, toStdout = false } = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, env, shell, stdio: ['ignore', toStdout ? 1 : 2, 2] });
  if (error) say(`Cannot start ${command}: ${error.message}`);
  return status ?? 1;
}

/**
 * Runs a tool that npm installed, by its file, so that it works on every system without a shell.
 * @param {string} file below node_modules
 * @param {readonly string[]} args
 * @param {RunOptions} options
 */
export function runTool(file, args, options = {}) {
  return run(process.execPath, [join(root, 'node_modules', file), ...args], options);
}

/**
 * Installs the dependencies with `npm ci` unless the versions in package-lock.json are all there.
 * @param {string} folder of the package.json, seen from the root
 */
export function ensureInstalled(folder = '.') {
  if (isInstalled(folder)) return;
  say(`Installing dependencies${folder === '.' ? '' : ` of ${folder}`} (npm ci) …`);
  if (npm(['ci', '--prefix', folder, '--no-audit', '--no-fund']) === 0) return;
  throw new Error('npm ci failed; its message is above. Is the network reachable? Then run the command again.');
}

/** @param {string} folder */
function isInstalled(folder) {
  const installed = readLock(join(folder, 'node_modules', '.package-lock.json'));
  const wanted = readLock(join(folder, 'package-lock.json'));
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || entry.optional || installed[path]?.version === entry.version,
  );
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function readLock(file) {
  const path = join(root, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {};
}

/** @param {readonly string[]} args */
function npm(args) {
  const script = process.env.npm_execpath;
  if (script?.endsWith('.js')) return run(process.execPath, [script, ...args]);
  return run('npm', args, { shell: process.platform === 'win32' });
}

/**
 * Builds those of `names` whose sources changed since.
 * @param {readonly (keyof typeof builds)[]} names
 */
export function ensureBuilt(names) {
  const changed = Math.max(...sources.map((path) => newest(join(root, path))));
  for (const name of names) {
    const { mode, proof } = builds[name];
    if (newest(join(root, proof)) >= changed) continue;
    say(`Building ${name} …`);
    // Vitest sets NODE_ENV to test, with which Vite would take the development builds of packages.
    const env = { ...process.env, NODE_ENV: 'production' };
    if (runTool('vite/bin/vite.js', ['build', '--mode', mode, '--logLevel', 'warn'], { env }) !== 0) {
      throw new Error(`The build of ${name} failed; its message is above.`);
    }
  }
}

/**
 * Time of the newest change at or below a path; 0 where there is nothing.
 * @param {string} path
 * @returns {number}
 */
function newest(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) return 0;
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/**
 * Runs a script's main function; what goes wrong ends in one sentence and exit code 1.
 * @param {() => Promise<number | undefined>} main
 */
export async function script(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
