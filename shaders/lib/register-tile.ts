/** Generates the WGSL of a register tile: named vec4 accumulators and the unrolled multiply-adds that fill them. */
import type { WgslSource } from '../../src/kernel/wgsl.js';

export interface RegisterTile {
  /** Rows of C per invocation. */
  readonly threadM: number;
  /** Columns of C per invocation, a multiple of 4. */
  readonly threadN: number;
  /** WGSL functions `(row, k) -> vec4f` of four values along k, and `(k, col) -> vec4f` of four values along n. */
  readonly readA: string;
  /** Without it, `multiplyAdd(&tile, row, k, b)` takes the values of B as a `PanelB` of vec4f `b<step>_<vector>`. */
  readonly readB?: string;
  /** WGSL function `(row, col, vec4f)` that stores four values along n where they are within C; `writeC` where left out. */
  readonly write?: string;
  /**
   * Where given, an invocation reads only every `lanesPerLoad`-th row of A and takes the others from its subgroup, which
   * must have at least as many lanes: lane l passes its `row` plus l modulo `lanesPerLoad`, in uniform control flow.
   */
  readonly lanesPerLoad?: number;
}

/**
 * `struct Tile`, `multiplyAdd(&tile, row, col, k)` for the four values of k from `k` on, and `storeTile(&tile, row, col)`.
 * Row i of an invocation is `row + i·ROW_STRIDE`, its j-th vector of columns starts at `col + j·COL_STRIDE`; the
 * kernel's file defines both constants.
 *
 * Why it is generated: the same loops over `array<vec4f, THREAD_M>` ran at 0.55–0.65 of the speed on SwiftShader and
 * 0.8–0.95 on lavapipe (512³ and 256³, tiles of 4×4, 8×4 and 16×4), and Tint unrolls nothing for a GPU's compiler.
 * A row of A is fetched right before its use: fetching the panel first halved the speed on lavapipe (spilled registers).
 */
export function registerTile(tile: RegisterTile): WgslSource {
  const structs = tile.readB ? [struct(tile)] : [struct(tile), panelStruct(tile)];
  const text = [...structs, multiplyAdd(tile), storeTile(tile)].join('\n\n');
  return { path: `shaders/lib/register-tile.ts (${tile.threadM}×${tile.threadN})`, text: `${text}\n` };
}

function struct(tile: RegisterTile): string {
  return lines('struct Tile {', ...cells(tile, (row, vector) => `  c${row}_${vector}: vec4f,`), '}');
}

function panelStruct({ threadN }: RegisterTile): string {
  const vectors = range(4).flatMap((step) => range(threadN / 4).map((vector) => `b${step}_${vector}: vec4f`));
  return `struct PanelB { ${vectors.join(', ')} }`;
}

function multiplyAdd(tile: RegisterTile): string {
  const { threadM, threadN, readB } = tile;
  const vectors = range(threadN / 4);
  const b = readB ? 'b' : 'b.b';
  const panelB = readB
    ? range(4).flatMap((step) =>
        vectors.map((vector) => `  let b${step}_${vector} = ${readB}(k + ${step}u, col + ${vector}u * COL_STRIDE);`),
      )
    : [];
  const rows = range(threadM).flatMap((row) => [
    `  let a${row} = ${rowOfA(tile, row)};`,
    ...['x', 'y', 'z', 'w'].flatMap((component, step) =>
      vectors.map((vector) => {
        const sum = `(*tile).c${row}_${vector}`;
        return `  ${sum} = fma(vec4f(a${row}.${component}), ${b}${step}_${vector}, ${sum});`;
      }),
    ),
  ]);
  const parameters = readB ? 'row: u32, col: u32, k: u32' : 'row: u32, k: u32, b: PanelB';
  return lines(
    `fn multiplyAdd(tile: ptr<function, Tile>, ${parameters}) {`,
    ...panelB,
    ...sharedRows(tile),
    ...rows,
    '}',
  );
}

/** The rows of A that this invocation reads for its subgroup. */
function sharedRows({ threadM, readA, lanesPerLoad }: RegisterTile): string[] {
  if (lanesPerLoad === undefined) return [];
  return range(threadM / lanesPerLoad).map(
    (load) => `  let shared${load} = ${readA}(row + ${load * lanesPerLoad}u * ROW_STRIDE, k);`,
  );
}

function rowOfA({ readA, lanesPerLoad }: RegisterTile, row: number): string {
  if (lanesPerLoad === undefined) return `${readA}(row + ${row}u * ROW_STRIDE, k)`;
  return `subgroupBroadcast(shared${Math.floor(row / lanesPerLoad)}, ${row % lanesPerLoad}u)`;
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

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

function lines(...all: string[]): string {
  return all.join('\n');
}
