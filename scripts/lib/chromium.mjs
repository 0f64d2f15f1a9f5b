/** Finds a Chromium or Chrome on this machine; shared by the test script, the command line and the browser tests. */
import { accessSync, constants, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Variables that name a browser, first wins. */
export const chromiumVariables = ['TILEWATT_CHROMIUM', 'PUPPETEER_EXECUTABLE_PATH', 'CHROME_PATH'];

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];

/**
 * @typedef {object} Machine what is looked at; given by tests
 * @property {NodeJS.ProcessEnv} env
 * @property {NodeJS.Platform} platform
 * @property {string} home
 * @property {(path: string) => boolean} isExecutable
 */

/** @type {Machine} */
const here = { env: process.env, platform: process.platform, home: homedir(), isExecutable };

/** Thrown where a variable names a browser that is not there: a typing error should not be papered over. */
export class ChromiumError extends Error {
  /** @override */
  name = 'ChromiumError';
}

/**
 * The browser named by a variable, else on PATH, else in the usual places, else downloaded by `npm test` before.
 * @param {Machine} machine
 * @returns {string | undefined} path of the program
 */
export function findChromium(machine = here) {
  const { env, isExecutable } = machine;
  for (const variable of chromiumVariables) {
    const path = env[variable];
    if (!path) continue;
    if (isExecutable(path)) return path;
    throw new ChromiumError(`${variable} is ${path}, which is no program. Correct or unset ${variable}.`);
  }
  return [...onPath(machine), ...usualPlaces(machine), ...downloaded(machine)].find(isExecutable);
}

/** @param {Machine} machine */
function onPath({ env, platform }) {
  if (platform === 'win32') return [];
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
}

/** @param {Machine} machine */
function usualPlaces({ env, platform, home }) {
  if (platform === 'darwin') {
    const apps = ['Google Chrome', 'Chromium', 'Microsoft Edge', 'Google Chrome Canary'];
    const folders = ['/Applications', join(home, 'Applications')];
    return apps.flatMap((app) => folders.map((folder) => join(folder, `${app}.app`, 'Contents', 'MacOS', app)));
  }
  if (platform === 'win32') {
    const folders = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter((folder) => !!folder);
    const programs = ['Google\\Chrome\\Application\\chrome.exe', 'Chromium\\Application\\chrome.exe'];
    const edge = 'Microsoft\\Edge\\Application\\msedge.exe';
    return [...programs, edge].flatMap((program) =>
      folders.map((folder) => join(/** @type {string} */ (folder), program)),
    );
  }
  return ['/usr/bin/chromium', '/snap/bin/chromium', '/opt/google/chrome/chrome', '/usr/lib/chromium/chromium'];
}

/**
 * Where `npm test` keeps the browser it downloaded.
 * @param {Pick<Machine, 'env' | 'platform' | 'home'>} machine
 */
export function cacheFolder({ env, platform, home } = here) {
  if (env.TILEWATT_CACHE) return env.TILEWATT_CACHE;
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? home, 'tilewatt');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'tilewatt');
  return join(env.XDG_CACHE_HOME || join(home, '.cache'), 'tilewatt');
}

/** The layout of @puppeteer/browsers: chrome/<system>-<version>/chrome-<system>/<program>. */
/** @param {Machine} machine */
function downloaded(machine) {
  const program = {
    win32: ['chrome.exe'],
    darwin: ['Google Chrome for Testing.app', 'Contents', 'MacOS', 'Google Chrome for Testing'],
  }[/** @type {string} */ (machine.platform)] ?? ['chrome'];
  const folder = join(cacheFolder(machine), 'chrome');
  return list(folder)
    .reverse()
    .flatMap((version) => list(join(folder, version)).map((build) => join(folder, version, build, ...program)));
}

/** @param {string} folder */
function list(folder) {
  try {
    return readdirSync(folder).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  } catch {
    return [];
  }
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
