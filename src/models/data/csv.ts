/**
 * Tables of numbers as text: commas between, one row per line, a first row of names allowed.
 * It reads no other separators, no quoted cells but names, no decimal commas, no empty cells, no comments, and no
 * numbers that are not finite; each is refused with its line.
 */
import { ModelFileError, type ModelFileFault, quoted } from '../errors.js';
import { baseName, type ModelFile } from '../file.js';
import type { Tensor } from '../tensor.js';

export const csvLimits = { bytes: 2 ** 28, columns: 65_536 } as const;

export interface Table {
  /** Undefined where the file has none. */
  readonly columns?: readonly string[];
  /** f64[rows, columns]. */
  readonly tensor: Tensor;
}

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * The first row is one of names if any of its cells is no number.
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
  const values = new Float64Array(rows.length * first.length);
  for (const [row, line] of rows.entries()) {
    const field = `line ${row + (columns ? 2 : 1)}`;
    const cells = cellsOf(line);
    if (cells.length !== first.length) {
      fail('bad-shape', field, `has ${cells.length} cells, but the first line has ${first.length}`);
    }
    for (const [i, cell] of cells.entries()) {
      const value = number.test(cell) ? Number(cell) : Number.NaN;
      if (!Number.isFinite(value))
        fail('bad-value', `${field}, cell ${i + 1}`, `is ${quoted(cell)}, not a finite number`);
      values[row * first.length + i] = value;
    }
  }
  const tensor: Tensor = {
    name: baseName(file).replace(/\.csv$/i, ''),
    type: 'f64',
    dims: [rows.length, first.length],
    bytes: new Uint8Array(values.buffer),
  };
  return columns ? { columns, tensor } : { tensor };
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
