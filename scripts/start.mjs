/** `npm start`: installs what is missing, builds the workbench, serves it and opens it where there is a display. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled, root, say, script } from './lib/project.mjs';
import { serve } from './lib/serve.mjs';

const usage = `npm start -- [--port N] [--no-open]
  --port N    port to serve on; 4173 or the next free one where left out
  --no-open   do not open a browser`;

script(async () => {
  const { values } = readArguments();
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65536)) {
    throw new Error(`--port must be a number from 1 to 65535, not ${values.port}.`);
  }
  ensureInstalled();
  ensureBuilt(['app']);
  const { url } = port === undefined ? await serveOnFreePort(4173) : await serveOn(port);
  console.log(`Tilewatt is at ${url} (Ctrl-C ends it).`);
  if (!values['no-open']) open(url);
  return 0;
});

function readArguments() {
  try {
    return parseArgs({
      options: { port: { type: 'string' }, 'no-open': { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${usage}`);
  }
}

/** @param {number} port */
async function serveOn(port) {
  try {
    return await serve(join(root, 'site'), port);
  } catch (error) {
    if (!isTaken(error)) throw error;
    throw new Error(`Port ${port} is taken by another program. Leave --port out and the next free one is used.`);
  }
}

/** @param {number} first */
async function serveOnFreePort(first) {
  for (let port = first; port < first + 20; port++) {
    try {
      return await serve(join(root, 'site'), port);
    } catch (error) {
      if (!isTaken(error)) throw error;
      say(`Port ${port} is taken by another program; trying ${port + 1}.`);
    }
  }
  return serve(join(root, 'site'), 0);
}

/** @param {unknown} error */
function isTaken(error) {
  return error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES');
}

/** @param {string} url */
function open(url) {
  const opener = openerOf();
  if (opener === undefined) return;
  const [command, ...args] = opener;
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  // The address is on the screen already, so a missing opener is no failure.
  child.on('error', () => {});
  child.unref();
}

/** @returns {[string, ...string[]] | undefined} */
function openerOf() {
  const { CI, DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (CI || !process.stdout.isTTY) return undefined;
  if (process.platform === 'darwin') return ['open'];
  if (process.platform === 'win32') return ['cmd', '/c', 'start', ''];
  return DISPLAY || WAYLAND_DISPLAY ? ['xdg-open'] : undefined;
}
