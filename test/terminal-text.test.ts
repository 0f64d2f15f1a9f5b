/** How the command line lays out text: tables and help in the width of a terminal, and whole lines where there is none. */
import { describe, expect, it } from 'vitest';
import { renderTable } from '../src/cli/text-table.js';
import { nearest } from '../src/cli/usage.js';
import { hanging, wrapped } from '../src/cli/wrap.js';

const left = (title: string) => ({ title, align: 'left' }) as const;
const right = (title: string) => ({ title, align: 'right' }) as const;

describe('a table', () => {
  const table = {
    columns: [left('kernel'), right('time'), right('rate'), left('verdict')],
    rows: [
      ['naive', '120 ms', '1 GFLOP/s', 'baseline'],
      ['tiled', '9 ms', '13 GFLOP/s', 'faster'],
    ],
  };

  it('stays whole where there is no width', () => {
    expect(renderTable(table, Number.POSITIVE_INFINITY)).toBe(
      [
        'kernel    time        rate  verdict',
        '──────  ──────  ──────────  ────────',
        'naive   120 ms   1 GFLOP/s  baseline',
        'tiled     9 ms  13 GFLOP/s  faster',
      ].join('\n'),
    );
  });

  it('is folded where the terminal is narrower, with the first column again', () => {
    expect(renderTable(table, 28)).toBe(
      [
        'kernel    time        rate',
        '──────  ──────  ──────────',
        'naive   120 ms   1 GFLOP/s',
        'tiled     9 ms  13 GFLOP/s',
        '',
        'kernel  verdict',
        '──────  ────────',
        'naive   baseline',
        'tiled   faster',
      ].join('\n'),
    );
  });

  it('breaks a reason that is wider than the terminal, and loses none of it', () => {
    const reason = 'unsupported: this device has no shader-f16, which the kernel needs';
    const lines = renderTable({ columns: [left('kernel'), left('')], rows: [['naive', reason]] }, 40).split('\n');
    expect(lines.every((line) => line.length <= 40)).toBe(true);
    expect(lines.slice(2).join(' ').replace(/\s+/g, ' ')).toBe(`naive ${reason}`);
  });
});

it('wraps text at spaces, a long word on a line of its own', () => {
  expect(wrapped('a bb ccc incomprehensibilities d', 8)).toEqual(['a bb ccc', 'incomprehensibilities', 'd']);
});

it('hangs the meaning of a flag below its first line', () => {
  expect(hanging('  --seed N', 'seed of the inputs and of the order', 14, 34)).toEqual([
    '  --seed N    seed of the inputs',
    '              and of the order',
  ]);
  expect(hanging('  --distribution normal', 'how inputs are', 14, 40)[0]).toBe('  --distribution normal');
});

it('suggests what has letters of what was typed', () => {
  expect(nearest('a', ['pad', 'copy'])).toBeUndefined();
  expect(nearest('bnech', ['bench', 'list'])).toBe('bench');
  expect(nearest('M', ['m', 'n'])).toBe('m');
});
