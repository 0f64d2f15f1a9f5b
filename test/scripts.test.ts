/** The scripts behind `npm start` and `npm test`: finding a browser, serving files, and what is said when that fails. */
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChromiumError, cacheFolder, findChromium, type Machine } from '../scripts/lib/chromium.mjs';
import { ensureBuilt } from '../scripts/lib/project.mjs';
import { serve } from '../scripts/lib/serve.mjs';

const root = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'tilewatt-scripts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('findChromium', () => {
  const machine = (programs: readonly string[], env: NodeJS.ProcessEnv = {}, platform: NodeJS.Platform = 'linux') =>
    ({ env, platform, home: folder, isExecutable: (path) => programs.includes(path) }) satisfies Machine;

  it('prefers the one named by a variable', () => {
    const env = { CHROME_PATH: '/b', TILEWATT_CHROMIUM: '/a', PATH: '/bin' };
    expect(findChromium(machine(['/a', '/b', '/bin/chromium'], env))).toBe('/a');
    expect(findChromium(machine(['/b'], { CHROME_PATH: '/b' }))).toBe('/b');
  });

  it('does not look elsewhere where the named one is missing', () => {
    const lost = machine(['/bin/chromium'], { TILEWATT_CHROMIUM: '/a', PATH: '/bin' });
    expect(() => findChromium(lost)).toThrow(ChromiumError);
    expect(() => findChromium(lost)).toThrow('TILEWATT_CHROMIUM is /a');
  });

  it('looks on PATH, then in the usual places of the system', () => {
    expect(findChromium(machine(['/x/google-chrome'], { PATH: '/y:/x' }))).toBe('/x/google-chrome');
    expect(findChromium(machine(['/opt/google/chrome/chrome']))).toBe('/opt/google/chrome/chrome');
    const app = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
    expect(findChromium(machine([app], {}, 'darwin'))).toBe(app);
    const edge = join('C:\\Programs', 'Microsoft\\Edge\\Application\\msedge.exe');
    expect(findChromium(machine([edge], { PROGRAMFILES: 'C:\\Programs' }, 'win32'))).toBe(edge);
  });

  it('finds what was downloaded before, the newest first', () => {
    const programs = ['linux-9.0.1', 'linux-140.0.1'].map((version) => {
      const place = join(cacheFolder(machine([])), 'chrome', version, 'chrome-linux64');
      mkdirSync(place, { recursive: true });
      return join(place, 'chrome');
    });
    expect(findChromium(machine(programs))).toBe(programs[1]);
  });

  it('finds nothing where there is nothing', () => {
    expect(findChromium(machine([], { PATH: '/bin' }))).toBeUndefined();
  });
});

describe('serve', () => {
  let server: Awaited<ReturnType<typeof serve>>;
  beforeAll(async () => {
    const site = join(folder, 'site');
    mkdirSync(join(site, 'sub'), { recursive: true });
    writeFileSync(join(site, 'index.html'), 'home');
    writeFileSync(join(site, 'sub/a b.js'), 'code');
    writeFileSync(join(folder, 'secret.txt'), 'secret');
    server = await serve(site);
  });
  afterAll(() => server.close());

  it('serves files with their type and cross-origin isolation', async () => {
    const home = await fetch(server.url);
    expect(await home.text()).toBe('home');
    expect(home.headers.get('content-type')).toContain('text/html');
    expect(home.headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(home.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    const code = await fetch(`${server.url}sub/a%20b.js?x=1`);
    expect(code.headers.get('content-type')).toContain('text/javascript');
  });

  it.each(['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/sub', '/%', '/%00', '/missing'])(
    'gives nothing for %s',
    async (path) => {
      // fetch would tidy the path up, so it is asked for by hand.
      expect(await rawStatus(server.url, path)).toBe(404);
    },
  );
});

describe('npm start', () => {
  beforeAll(() => ensureBuilt(['app']), 120_000);

  it('serves the workbench, on the next port where one is taken', async () => {
    const blocker = createServer();
    const taken = await new Promise<boolean>((done) => {
      blocker.once('error', () => done(false));
      blocker.listen(4173, '127.0.0.1', () => done(true));
    });
    const child = spawn(process.execPath, [join(root, 'scripts/start.mjs'), '--no-open'], { cwd: root });
    try {
      let said = '';
      child.stderr.on('data', (data) => {
        said += data;
      });
      const url = await new Promise<string>((done, fail) => {
        child.stdout.on('data', (data) => {
          const [, address] = /Tilewatt is at (\S+)/.exec(String(data)) ?? [];
          if (address) done(address);
        });
        child.on('exit', () => fail(new Error(said)));
      });
      expect(said).toContain('Port 4173 is taken');
      expect(await (await fetch(url)).text()).toContain('<title>Tilewatt');
    } finally {
      child.kill();
      if (taken) blocker.close();
    }
  });

  it.each([
    [['--port', 'x'], '--port must be'],
    [['--prot', '1'], 'npm start -- '],
  ])('%j ends in a sentence', async (args, sentence) => {
    const run = promisify(execFile)(process.execPath, [join(root, 'scripts/start.mjs'), ...args], { cwd: root });
    await expect(run).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(sentence) });
  });
});

it('prints nothing but results on stdout when the command line is run from a clone', async () => {
  const args = [join(root, 'scripts/tilewatt.mjs'), 'list', '--json', '-'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  expect(JSON.parse(stdout).length).toBeGreaterThan(0);
});

function rawStatus(url: string, path: string): Promise<number> {
  const { hostname, port } = new URL(url);
  return new Promise((done, fail) => {
    const socket = connect(Number(port), hostname, () =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
    );
    let answer = '';
    socket.on('data', (data) => {
      answer += data;
    });
    socket.on('end', () => done(Number(answer.split(' ')[1])));
    socket.on('error', fail);
  });
}
