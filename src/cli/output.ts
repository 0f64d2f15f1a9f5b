/** Where results go: stdout as a table, or files and stdout in the formats asked for. */

import { accessSync, constants, existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { toCsv } from '../bench/csv.js';
import { describeEnvironment, groupsOf, remarksOf, tableOf, titleOf, toJson, toMarkdown } from '../bench/export.js';
import type { ResultRow, Results } from '../bench/results.js';
import { errorText } from '../kernel/outcome.js';
import type { OutputFormat } from './options/output.js';
import type { Settings } from './options.js';
import { renderTable } from './text-table.js';
import { UsageError } from './usage.js';
import { terminalWidth, wrapped } from './wrap.js';

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
  if (!takesStdout(outputs)) print(text);
}

/** Text for people on stdout. Not console.log, which keeps silent about a full disk. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function takesStdout(outputs: Settings['outputs']): boolean {
  return Object.values(outputs).includes('-');
}

/** @throws UsageError where the file cannot be written. */
export function write(target: string, content: string | Uint8Array): void {
  if (target === '-') {
    process.stdout.write(content);
    return;
  }
  try {
    writeFileSync(target, content);
  } catch (error) {
    throw new UsageError(`Cannot write ${target}: ${errorText(error)}`);
  }
}

/**
 * Asked before a long run, so that its results are not lost at the end of it. Nothing is written yet.
 * @throws UsageError where a file that is asked for cannot be written.
 */
export function checkWritable({ outputs, out }: Pick<Settings, 'outputs' | 'out'>): void {
  for (const target of [...Object.values(outputs), ...(out === undefined ? [] : [out])]) {
    const why = target === '-' ? undefined : obstacle(target);
    if (why !== undefined) throw new UsageError(`Cannot write ${target}: ${why}.`);
  }
}

function obstacle(target: string): string | undefined {
  if (statSync(target, { throwIfNoEntry: false })?.isDirectory()) return 'it is a folder';
  const folder = dirname(target);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return `there is no folder ${folder}`;
  const place = existsSync(target) ? target : folder;
  try {
    accessSync(place, constants.W_OK);
    return undefined;
  } catch {
    return `${place} may not be written to`;
  }
}

/** A table per operation and shape, then where it was measured. */
export function renderResults(results: Results): string {
  const tables = groupsOf(results).map((group) => {
    const remarks = remarksOf(group).map((remark) => `${fitted(remark, '  ')}\n`);
    return `${titleOf(results, group)}\n\n${renderTable(tableOf(results, group))}\n\n${remarks.join('')}`;
  });
  return [...tables, fitted(describeEnvironment(results.environment))].join('\n');
}

/** A sentence in lines that fit the terminal, each after the margin; in one where there is none. */
export function fitted(text: string, margin = ''): string {
  const width = terminalWidth();
  const lines = width === undefined ? [text] : wrapped(text, width - margin.length);
  return lines.map((line) => margin + line).join('\n');
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
