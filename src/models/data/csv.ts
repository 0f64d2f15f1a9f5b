/**
 * Tables of numbers as text: commas between, one row per line, a first row of names allowed.
 * It reads no other separators, no quoted cells but names, no decimal commas, no empty cells, no comments, and no
 * numbers that are not finite; each is refused with its line.
 */
import { ModelFileError, type ModelFileFault, quoted } from '../errors.js';
import { baseName, type ModelFile } from '../file.js';
import type { Tensor } from '../tensor.js';

const csvLimits = { bytes: 2 ** 27, columns: 65_536 } as const;

export interface Table {
  /** Undefined where the file has none. */
  readonly columns?: readonly string[];
  /** f64[rows, columns]. */
  readonly tensor: Tensor;
}

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * The first row is one of names if any of its cells is no number, `nan` included.
 * @throws ModelFileError
 */
export function readCsv({ name: file, bytes }: ModelFile): Table {
  const fail = (code: ModelFileFault, field: string, rule: string): never => {
    throw new ModelFileError(code, file, field, rule);
  };
  const { bytes: most, columns: mostColumns } = csvLimits;
  if (bytes.length > most) fail('too-large', 'the file', `has ${bytes.length} bytes; at most ${most} are read`);
  const lines = linesOf(bytes, fail);
  const first = cellsOf(lines[0] ?? fail('missing-field', 'line 1', 'is absent: the file is empty'));
  if (first.length > mostColumns)
    fail('too-many', 'line 1', `has ${first.length} cells; at most ${mostColumns} are read`);
  const columns = first.every((cell) => number.test(cell)) ? undefined : namesOf(first, fail);
  const rows = columns ? lines.slice(1) : lines;
  const lineOf = (row: number): string => `line ${row + (columns ? 2 : 1)}`;
  // Before anything is allocated: a wide first line over many short ones would ask for more memory than there is.
  const odd = rows.findIndex((line) => commasIn(line) !== first.length - 1);
  if (odd >= 0) {
    const count = commasIn(rows[odd]!) + 1;
    fail('bad-shape', lineOf(odd), `has ${count} cells, but the first line has ${first.length}`);
  }
  const values = valuesOf(rows, first.length, (row, cell, text) =>
    fail('bad-value', `${lineOf(row)}, cell ${cell + 1}`, `is ${quoted(text)}, not a finite number`),
  );
  const tensor: Tensor = {
    name: baseName(file).replace(/\.csv$/i, ''),
    type: 'f64',
    dims: [rows.length, first.length],
    bytes: new Uint8Array(values.buffer),
  };
  return columns ? { columns, tensor } : { tensor };
}

/** @param refuse throws for a cell that is no finite number. */
function valuesOf(
  rows: readonly string[],
  columns: number,
  refuse: (row: number, cell: number, text: string) => never,
): Float64Array<ArrayBuffer> {
  const values = new Float64Array(rows.length * columns);
  for (const [row, line] of rows.entries()) {
    for (const [i, cell] of cellsOf(line).entries()) {
      const value = number.test(cell) ? Number(cell) : Number.NaN;
      values[row * columns + i] = Number.isFinite(value) ? value : refuse(row, i, cell);
    }
  }
  return values;
}

function linesOf(bytes: Uint8Array, fail: (code: ModelFileFault, field: string, rule: string) => never): string[] {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return fail('malformed', 'the file', 'is not UTF-8');
  }
  const lines = text.split(/\r?\n/);
  while (lines.at(-1)?.trim() === '') lines.pop();
  return lines;
}

function commasIn(line: string): number {
  let count = 0;
  for (let at = line.indexOf(','); at >= 0; at = line.indexOf(',', at + 1)) count++;
  return count;
}

function cellsOf(line: string): string[] {
  return line.split(',').map((cell) => cell.trim());
}

function namesOf(
  cells: readonly string[],
  fail: (code: ModelFileFault, field: string, rule: string) => never,
): string[] {
  const names = cells.map((cell) => /^"([^"]*)"$/.exec(cell)?.[1] ?? cell);
  for (const [i, name] of names.entries()) {
    if (name.includes('"'))
      fail('bad-value', `line 1, cell ${i + 1}`, 'is quoted around a comma or quote, which is not read');
    if (name === '') fail('missing-field', `line 1, cell ${i + 1}`, 'is empty');
  }
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) fail('duplicate-name', 'line 1', `names two columns ${quoted(twice)}`);
  return names;
}
