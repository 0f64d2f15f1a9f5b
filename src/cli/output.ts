/** Where results go: stdout as a table, or files and stdout in the formats asked for. */

import { writeFileSync } from 'node:fs';
import { toCsv } from '../bench/csv.js';
import { describeEnvironment, groupsOf, remarksOf, tableOf, titleOf, toJson, toMarkdown } from '../bench/export.js';
import type { ResultRow, Results } from '../bench/results.js';
import { errorText } from '../kernel/outcome.js';
import type { OutputFormat } from './options/output.js';
import type { Settings } from './options.js';
import { renderTable } from './text-table.js';
import { UsageError } from './usage.js';

const writers: Readonly<Record<OutputFormat, (results: Results) => string>> = {
  json: toJson,
  csv: toCsv,
  md: toMarkdown,
};

/** Writes the files asked for; the text for people goes to stdout unless a format took its place there. */
export function writeResults(results: Results, outputs: Settings['outputs'], text = renderResults(results)): void {
  for (const [format, target] of Object.entries(outputs) as [OutputFormat, string][]) {
    write(target, writers[format](results));
  }
  if (!takesStdout(outputs)) process.stdout.write(`${text}\n`);
}

export function takesStdout(outputs: Settings['outputs']): boolean {
  return Object.values(outputs).includes('-');
}

/** @throws UsageError where the file cannot be written. */
export function write(target: string, text: string): void {
  if (target === '-') {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(target, text);
  } catch (error) {
    throw new UsageError(`Cannot write ${target}: ${errorText(error)}`);
  }
}

/** A table per operation and shape, then where it was measured. */
export function renderResults(results: Results): string {
  const tables = groupsOf(results).map((group) => {
    const remarks = remarksOf(group).map((remark) => `  ${remark}\n`);
    return `${titleOf(results, group)}\n\n${renderTable(tableOf(results, group))}\n\n${remarks.join('')}`;
  });
  return [...tables, describeEnvironment(results.environment)].join('\n');
}

/** Results of several jobs as one file; the environment is the first one's. */
export function mergeResults(parts: readonly Results[]): Results | undefined {
  const [first] = parts;
  if (first === undefined) return undefined;
  return {
    ...first,
    rows: parts.flatMap(({ rows }) => rows),
    comparisons: parts.flatMap(({ comparisons }) => comparisons),
  };
}

/** 1 where anything is wrong or failed, or where nothing could be checked at all: a skip is no pass. */
export function exitCodeOf(rows: readonly ResultRow[]): 0 | 1 {
  const bad = rows.some(({ status }) => status === 'wrong' || status === 'failed');
  return bad || !rows.some(({ status }) => status === 'ok') ? 1 : 0;
}
