/**
 * `npm run bench:baselines`: installs and builds the private workspace bench/baselines, then hands over to its driver.
 * With `--site` it only puts the built page beside the workbench, as site/rivals/, where its button looks for it.
 */
import { spawn } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, root, runTool, say, script } from './lib/project.mjs';

const workspace = 'bench/baselines';
const config = join(workspace, 'vite.config.ts');

script(async () => {
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
  if (process.argv.includes('--site')) {
    const place = join(root, 'site/rivals');
    rmSync(place, { recursive: true, force: true });
    cpSync(join(root, workspace, 'site'), place, { recursive: true });
    say('The page is in site/rivals.');
    return 0;
  }
  const child = spawn(process.execPath, [join(root, workspace, 'dist/drive.js'), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
});
