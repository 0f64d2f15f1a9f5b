/** Vitest reporter: totals, and each skipped test with its reason, which Vitest's JSON reporter leaves out. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * @typedef {object} Summary
 * @property {number} passed
 * @property {number} failed failed tests, and files and groups that broke outside of a test
 * @property {{ name: string, reason: string }[]} skipped
 */

export default class SummaryReporter {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly unknown[]} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    /** @type {Summary} */
    const summary = { passed: 0, failed: unhandledErrors.length, skipped: [] };
    for (const module of modules) {
      summary.failed += module.errors().length;
      for (const suite of module.children.allSuites()) summary.failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') summary.passed++;
        else if (result.state === 'failed') summary.failed++;
        else summary.skipped.push({ name: `${module.relativeModuleId} > ${test.fullName}`, reason: reasonOf(result) });
      }
    }
    const file = process.env.TILEWATT_SUMMARY ?? 'test-output/summary.json';
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(summary, null, 2));
  }
}

/** @param {import('vitest/node').TestResult} result */
function reasonOf(result) {
  if (result.state === 'skipped' && result.note) return result.note;
  return result.state === 'skipped' ? 'no reason given' : 'did not finish';
}
