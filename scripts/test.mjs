/** `npm test`: installs what is missing, a Chromium too, then checks types and style, builds, and runs every test. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, root, runTool, say, script } from './lib/project.mjs';

const summaryFile = join(root, 'test-output', 'summary.json');

/** @typedef {{ title: string, commands: [file: string, ...args: string[]][] }} Step */

/** @type {readonly Step[]} */
const steps = [
  {
    title: 'Type check',
    commands: [
      ['typescript/bin/tsc', '-p', 'tsconfig.lib.json'],
      ['typescript/bin/tsc', '-p', 'tsconfig.app.json'],
      ['typescript/bin/tsc', '-p', 'tsconfig.node.json'],
    ],
  },
  { title: 'Lint', commands: [['@biomejs/biome/bin/biome', 'check', '.']] },
  {
    title: 'Build',
    commands: [
      ['vite/bin/vite.js', 'build', '--logLevel', 'warn'],
      ['vite/bin/vite.js', 'build', '--logLevel', 'warn', '--mode', 'lib'],
      ['vite/bin/vite.js', 'build', '--logLevel', 'warn', '--mode', 'cli'],
    ],
  },
];

script(async () => {
  /** @type {string[]} */
  const failures = [];
  ensureInstalled();
  const env = await withChromium(failures);
  for (const { title, commands } of steps) {
    console.log(`\n${title} …`);
    if (!commands.every(([file, ...args]) => runTool(file, args, { env, toStdout: true }) === 0)) failures.push(title);
  }
  return report(runTests(env, process.argv.slice(2)), failures);
});

/**
 * Without a browser the other tests still run, but the whole is no pass.
 * @param {string[]} failures
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
async function withChromium(failures) {
  // Imported late: before the dependencies are installed it could not be.
  const { ensureChromium } = await import('./lib/install-chromium.mjs');
  try {
    return { ...process.env, TILEWATT_CHROMIUM: await ensureChromium() };
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    failures.push('Finding a Chromium');
    return process.env;
  }
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {readonly string[]} filters
 * @returns {import('./lib/summary-reporter.mjs').Summary}
 */
function runTests(env, filters) {
  console.log('\nTests …');
  rmSync(summaryFile, { force: true });
  const reporters = ['--reporter=default', '--reporter=./scripts/lib/summary-reporter.mjs'];
  const code = runTool('vitest/vitest.mjs', ['run', ...reporters, ...filters], {
    env: { ...env, TILEWATT_SUMMARY: summaryFile },
    toStdout: true,
  });
  if (!existsSync(summaryFile)) return { passed: 0, failed: 1, skipped: [] };
  const summary = JSON.parse(readFileSync(summaryFile, 'utf8'));
  return code !== 0 && summary.failed === 0 ? { ...summary, failed: 1 } : summary;
}

/**
 * The last line is the whole result, for people in a hurry and for machines.
 * @param {import('./lib/summary-reporter.mjs').Summary} tests
 * @param {readonly string[]} failures
 */
function report({ passed, failed, skipped }, failures) {
  for (const { name, reason } of skipped) console.log(`skipped: ${name}: ${reason}`);
  for (const title of failures) console.log(`failed: ${title}`);
  const total = failed + failures.length;
  process.exitCode = total === 0 ? 0 : 1;
  console.log(`${passed} passed, ${total} failed, ${skipped.length} skipped`);
  return process.exitCode;
}
