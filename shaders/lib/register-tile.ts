/** Generates the WGSL of a register tile: named vec4 accumulators and the unrolled multiply-adds that fill them. */
import type { WgslSource } from '../../src/kernel/wgsl.js';

export interface RegisterTile {
  /** Rows of C per invocation. */
  readonly threadM: number;
  /** Columns of C per invocation, a multiple of 4. */
  readonly threadN: number;
  /** WGSL functions `(row, k) -> vec4f` of four values along k, and `(k, col) -> vec4f` of four values along n. */
  readonly readA: string;
  readonly readB: string;
  /** WGSL function `(row, col, vec4f)` that stores four values along n where they are within C; `writeC` where left out. */
  readonly write?: string;
}

/**
 * Structs `Tile`, `PanelA` (threadM rows × 4 along k), `PanelB` (4 along k × threadN), and `loadPanelA`, `loadPanelB`,
 * `multiplyAdd`, `storeTile` over them. Row i of an invocation is `row + i·ROW_STRIDE`, its j-th vector of columns
 * starts at `col + j·COL_STRIDE`; the kernel's file defines both constants.
 *
 * Why it is generated: the same loops over `array<vec4f, THREAD_M>` ran at 0.56–0.66 of the speed on SwiftShader and
 * 0.8–0.95 on lavapipe (512³ and 256³, tiles of 4×4, 8×4 and 16×4), and Tint unrolls nothing for a GPU's compiler.
 */
export function registerTile(tile: RegisterTile): WgslSource {
  const text = [structs(tile), loadPanels(tile), multiplyAdd(tile), storeTile(tile)].join('\n\n');
  return { path: `shaders/lib/register-tile.ts (${tile.threadM}×${tile.threadN})`, text: `${text}\n` };
}

/**
 * `broadcastPanelA(row, k, lane)`: the rows of a panel that all lanes of a subgroup share, each loaded by one lane of
 * `lanesPerLoad` and handed to the others. Call it in uniform control flow, in subgroups of at least `lanesPerLoad`.
 */
export function broadcastPanel({ threadM, readA }: RegisterTile, lanesPerLoad: number): WgslSource {
  const loads = range(threadM / lanesPerLoad).map(
    (load) => `  let mine${load} = ${readA}(row + ${load * lanesPerLoad}u + lane % ${lanesPerLoad}u, k);`,
  );
  const rows = range(threadM).map(
    (row) => `    subgroupBroadcast(mine${Math.floor(row / lanesPerLoad)}, ${row % lanesPerLoad}u),`,
  );
  const text = lines(
    'fn broadcastPanelA(row: u32, k: u32, lane: u32) -> PanelA {',
    ...loads,
    '  return PanelA(',
    ...rows,
    '  );',
    '}',
  );
  return { path: `shaders/lib/register-tile.ts (broadcast of ${threadM} rows)`, text: `${text}\n` };
}

function structs(tile: RegisterTile): string {
  return lines(
    `struct Tile { ${cells(tile, (row, vector) => `c${row}_${vector}: vec4f`).join(', ')} }`,
    `struct PanelA { ${range(tile.threadM)
      .map((row) => `a${row}: vec4f`)
      .join(', ')} }`,
    `struct PanelB { ${panelCells(tile, (step, vector) => `b${step}_${vector}: vec4f`).join(', ')} }`,
  );
}

function loadPanels(tile: RegisterTile): string {
  return lines(
    'fn loadPanelA(row: u32, k: u32) -> PanelA {',
    '  return PanelA(',
    ...range(tile.threadM).map((row) => `    ${tile.readA}(row + ${row}u * ROW_STRIDE, k),`),
    '  );',
    '}',
    'fn loadPanelB(k: u32, col: u32) -> PanelB {',
    '  return PanelB(',
    ...panelCells(tile, (step, vector) => `    ${tile.readB}(k + ${step}u, col + ${vector}u * COL_STRIDE),`),
    '  );',
    '}',
  );
}

function multiplyAdd(tile: RegisterTile): string {
  const statements = ['x', 'y', 'z', 'w'].flatMap((component, step) =>
    cells(tile, (row, vector) => {
      const sum = `(*tile).c${row}_${vector}`;
      return `  ${sum} = fma(vec4f(a.a${row}.${component}), b.b${step}_${vector}, ${sum});`;
    }),
  );
  return lines('fn multiplyAdd(tile: ptr<function, Tile>, a: PanelA, b: PanelB) {', ...statements, '}');
}

function storeTile(tile: RegisterTile): string {
  const write = tile.write ?? 'writeC';
  return lines(
    'fn storeTile(tile: ptr<function, Tile>, row: u32, col: u32) {',
    ...cells(
      tile,
      (row, vector) =>
        `  ${write}(row + ${row}u * ROW_STRIDE, col + ${vector}u * COL_STRIDE, (*tile).c${row}_${vector});`,
    ),
    '}',
  );
}

/** One text for each vector of C that an invocation holds. */
function cells({ threadM, threadN }: RegisterTile, text: (row: number, vector: number) => string): string[] {
  return range(threadM).flatMap((row) => range(threadN / 4).map((vector) => text(row, vector)));
}

/** One text for each vector of a panel of B. */
function panelCells({ threadN }: RegisterTile, text: (step: number, vector: number) => string): string[] {
  return range(4).flatMap((step) => range(threadN / 4).map((vector) => text(step, vector)));
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

function lines(...all: string[]): string {
  return all.join('\n');
}
