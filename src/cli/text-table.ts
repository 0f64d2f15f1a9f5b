/** Aligned columns for a terminal. */
import type { TextTable } from '../bench/export.js';
import { terminalWidth, wrapped } from './wrap.js';

const gap = '  ';

/**
 * A table that is wider than the terminal is folded: the columns that do not fit follow below, each block with the first column
 * again. In a file or a pipe there is no width, so lines stay whole and can be searched.
 */
export function renderTable({ columns, rows }: TextTable, width = terminalWidth() ?? Number.POSITIVE_INFINITY): string {
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...rows.map((cells) => (cells[index] ?? '').length)),
  );
  const block = (indices: readonly number[]): string => {
    const line = (cells: readonly string[]): string =>
      indices
        .map((index) => {
          const cell = cells[index] ?? '';
          return columns[index]?.align === 'right' ? cell.padStart(widths[index]!) : cell.padEnd(widths[index]!);
        })
        .join(gap)
        .trimEnd();
    const rule = indices
      .map((index) => '─'.repeat(widths[index]!))
      .join(gap)
      .slice(0, width);
    return [line(columns.map(({ title }) => title)), rule, ...rows.flatMap((cells) => folded(line(cells), width))].join(
      '\n',
    );
  };
  return blocksOf(widths, width).map(block).join('\n\n');
}

/** Which columns stand side by side; the first is in every block. */
function blocksOf(widths: readonly number[], width: number): readonly (readonly number[])[] {
  const blocks: number[][] = [[0]];
  let used = widths[0] ?? 0;
  for (let index = 1; index < widths.length; index++) {
    const needed = gap.length + widths[index]!;
    if (used + needed > width && blocks.at(-1)!.length > 1) {
      blocks.push([0]);
      used = widths[0]!;
    }
    blocks.at(-1)!.push(index);
    used += needed;
  }
  return blocks;
}

/** A line that is still too long, such as a reason, goes on below, indented. */
function folded(line: string, width: number): readonly string[] {
  if (line.length <= width) return [line];
  // Runs of spaces align columns, and breaking would lose them: only what follows the first line is broken anew.
  const end = line.lastIndexOf(' ', width);
  if (end <= 0) return [line];
  const rest = wrapped(line.slice(end + 1).trimStart(), width - 4);
  return [line.slice(0, end).trimEnd(), ...rest.map((part) => `    ${part}`)];
}
