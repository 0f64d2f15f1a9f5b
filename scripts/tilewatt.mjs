/** The command line from a clone: installs and builds what is missing or stale, then hands over to the built program. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, root, script } from './lib/project.mjs';

script(() => {
  ensureInstalled();
  ensureBuilt(['app', 'cli']);
  const child = spawn(process.execPath, [join(root, 'dist/cli/main.js'), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  // A terminal sends Ctrl-C to both; the program ends in its own time, and this one after it.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
});
