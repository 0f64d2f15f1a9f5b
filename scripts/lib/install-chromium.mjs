/** Gets a Chromium where there is none: a download of its own first, then the system's package manager. */
import { cacheFolder, chromiumVariables, findChromium } from './chromium.mjs';
import { run, say } from './project.mjs';

/**
 * @returns {Promise<string>} path of a Chromium
 * @throws Error that names every way tried and why it failed
 */
export async function ensureChromium() {
  const found = findChromium();
  if (found) return found;
  const failures = [];
  for (const [way, attempt] of /** @type {const} */ ([
    ['download', download],
    ['package manager', installPackage],
  ])) {
    try {
      await attempt();
      const path = findChromium();
      if (path) return path;
      failures.push(`${way}: finished, but no program was found afterwards`);
    } catch (error) {
      failures.push(`${way}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(
    [
      'No Chromium or Chrome was found, and none could be installed:',
      ...failures.map((failure) => `  ${failure}`),
      `Install one, or name it with ${chromiumVariables[0]}=/path/to/chromium.`,
    ].join('\n'),
  );
}

async function download() {
  const { Browser, detectBrowserPlatform, install, resolveBuildId, uninstall } = await import('@puppeteer/browsers');
  const platform = detectBrowserPlatform();
  if (!platform) throw new Error(`there is no Chrome to download for ${process.platform} ${process.arch}`);
  say(`No Chromium found: downloading Chrome into ${cacheFolder()} …`);
  const buildId = await resolveBuildId(Browser.CHROME, platform, 'stable');
  const options = { browser: Browser.CHROME, buildId, cacheDir: cacheFolder(), platform };
  const { executablePath } = await install(options);
  if (run(executablePath, ['--version']) !== 0) {
    await uninstall(options);
    throw new Error(`the downloaded ${executablePath} does not start; system libraries may be missing`);
  }
}

/** Debian and its relatives, as root; elsewhere a sudden password prompt would be rude. */
async function installPackage() {
  if (process.platform !== 'linux') throw new Error(`not tried on ${process.platform}`);
  if (process.getuid?.() !== 0) throw new Error('not tried, as it needs root: apt-get install chromium');
  say('Installing the system package chromium (apt-get) …');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = () => run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { env });
  if (install() === 0) return;
  if (run('apt-get', ['update'], { env }) !== 0) throw new Error('apt-get update failed');
  if (install() !== 0) throw new Error('apt-get install chromium failed');
}
