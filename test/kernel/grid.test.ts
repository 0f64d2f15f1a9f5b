/** Grids cut into parts, and every kernel of the catalogue rewritten so that a part knows its place. */
import { describe, expect, it } from 'vitest';
import { kernels } from '../../src/kernel/catalog.js';
import { cutGrid, type Grid, relocatable } from '../../src/kernel/grid.js';
import { specialize } from '../../src/kernel/specialize.js';
import { defaultTunables } from '../../src/kernel/tunables.js';

function workgroupsOf(parts: ReturnType<typeof cutGrid>): string[] {
  return parts.flatMap(({ base, size }) =>
    Array.from({ length: size[2] }, (_, z) =>
      Array.from({ length: size[1] }, (_, y) =>
        Array.from({ length: size[0] }, (_, x) => `${base[0] + x},${base[1] + y},${base[2] + z}`),
      ).flat(),
    ).flat(),
  );
}

describe('a grid', () => {
  it.each<[Grid, number, number]>([
    [[1, 1, 1], 8, Number.POSITIVE_INFINITY],
    [[12, 5, 1], 1, Number.POSITIVE_INFINITY],
    [[12, 5, 1], 7, Number.POSITIVE_INFINITY],
    [[3, 4, 5], 4, Number.POSITIVE_INFINITY],
    [[3, 4, 5], 1000, Number.POSITIVE_INFINITY],
    [[100, 3, 2], 1, 16],
    [[2, 3, 40], 5, 7],
  ])('%j in %i parts of at most %i along a dimension is covered once', (grid, parts, most) => {
    const cut = cutGrid(grid, parts, most);
    const seen = workgroupsOf(cut);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe(grid[0] * grid[1] * grid[2]);
    expect(Math.max(...cut.flatMap(({ size }) => size))).toBeLessThanOrEqual(most);
    if (most === Number.POSITIVE_INFINITY) {
      expect(cut.length).toBeGreaterThanOrEqual(Math.min(parts, seen.length));
      expect(cut.length).toBeLessThanOrEqual(4 * parts);
    }
  });

  it('of no workgroups has no parts', () => {
    expect(cutGrid([0, 3, 1], 4)).toEqual([]);
  });
});

describe('a kernel in parts', () => {
  it.each([...kernels.values()].map((kernel) => [kernel.id, kernel] as const))(
    '%s takes its place from the uniform',
    (_, kernel) => {
      const variant = { shape: kernel.computes.cases[0]!, tunables: defaultTunables(kernel) };
      const { code } = specialize(kernel, variant);
      expect(code).not.toMatch(/gridPart|InPart\b/i);
      const moved = relocatable(code);
      // Each builtin that tells of the grid is read once, where the entry point begins.
      const told = [...moved.matchAll(/@builtin\((?:workgroup_id|global_invocation_id|num_workgroups)\)\s*(\w+)/g)];
      expect(told.length).toBeGreaterThan(0);
      for (const [, name] of told) expect(name).toMatch(/InPart$/);
      expect(moved.match(/gridPart\./g)).toHaveLength(told.length);
      // Compiler messages are found by their line.
      const lines = code.split('\n').length - 1;
      const bodies = (text: string) =>
        text
          .split('\n')
          .slice(0, lines)
          .map((line) => line.replace(/InPart\b| let \w+ = [^;]*gridPart[^;]*;/g, ''));
      expect(bodies(moved)).toEqual(bodies(code));
    },
  );

  it('keeps its lines, whatever the entry point looks like', () => {
    const code = [
      '@compute @workgroup_size(8, 4)',
      'fn main(',
      '  @builtin(global_invocation_id) id: vec3u,',
      '  @builtin(num_workgroups) groups: vec3u,',
      '  @builtin(local_invocation_index) lane: u32,',
      ') {',
      '  out[id.x] = groups.x + lane;',
      '}',
      '',
    ].join('\n');
    expect(relocatable(code).split('\n').slice(0, 8)).toEqual([
      '@compute @workgroup_size(8, 4)',
      'fn main(',
      '  @builtin(global_invocation_id) idInPart: vec3u,',
      '  @builtin(num_workgroups) groupsInPart: vec3u,',
      '  @builtin(local_invocation_index) lane: u32,',
      ') { let id = idInPart + gridPart.base * vec3u(8, 4, 1); let groups = gridPart.whole;',
      '  out[id.x] = groups.x + lane;',
      '}',
    ]);
  });
});
