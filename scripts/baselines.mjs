/** `npm run bench:baselines`: installs and builds the private workspace bench/baselines, then hands over to its driver. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureInstalled, root, runTool, say, script } from './lib/project.mjs';

const workspace = 'bench/baselines';
const config = join(workspace, 'vite.config.ts');

script(() => {
  ensureInstalled();
  ensureInstalled(workspace);
  say(`Building ${workspace} …`);
  for (const mode of ['production', 'driver']) {
    const env = { ...process.env, NODE_ENV: 'production' };
    const args = ['build', '--config', config, '--mode', mode, '--logLevel', 'error'];
    if (runTool('vite/bin/vite.js', args, { env }) !== 0) {
      throw new Error(`The build of ${workspace} failed; its message is above.`);
    }
  }
  const child = spawn(process.execPath, [join(root, workspace, 'dist/drive.js'), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
});
