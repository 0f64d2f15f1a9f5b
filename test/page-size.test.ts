/** What a visitor downloads before the page works: entry and its static imports, not what is loaded later. */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, it } from 'vitest';
import { ensureBuilt } from '../scripts/lib/project.mjs';

const site = resolve(import.meta.dirname, '../site');
const limit = 60 * 1024;

beforeAll(() => ensureBuilt(['app']), 120_000);

it('starts with at most 60 KB of JavaScript, gzipped', () => {
  const files = initialScripts(join(site, 'index.html'));
  const sizes = files.map((file) => [file, gzipSync(readFileSync(file), { level: 9 }).length] as const);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  console.info(`Initial JavaScript: ${total} bytes gzipped in ${files.length} files`);
  expect(files.length).toBeGreaterThan(0);
  expect(total, sizes.map(([file, size]) => `${file}: ${size}`).join('\n')).toBeLessThanOrEqual(limit);
});

it('refers to its files by relative paths, so that it can lie in any folder', () => {
  for (const page of ['index.html', 'bench.html']) {
    const references = [...readFileSync(join(site, page), 'utf8').matchAll(/(?:src|href)="([^"]+)"/g)];
    expect(references.map(([, path]) => path!).filter((path) => !/^(\.\/|data:|#|https:)/.test(path))).toEqual([]);
  }
});

function initialScripts(page: string): readonly string[] {
  const html = readFileSync(page, 'utf8');
  const tags = [...html.matchAll(/<(?:script|link)[^>]*(?:src|href)="(\.\/[^"]+\.js)"/g)];
  const found = new Set<string>();
  const visit = (file: string): void => {
    if (found.has(file)) return;
    found.add(file);
    for (const path of staticImports(readFileSync(file, 'utf8'))) visit(join(dirname(file), path));
  };
  for (const [, path] of tags) visit(join(site, path!));
  return [...found].sort();
}

/** Relative specifiers of `import … from "…"`, `export … from "…"` and `import "…"`; not of `import(…)`. */
function staticImports(code: string): readonly string[] {
  return [...code.matchAll(/\b(?:import|from)\s*["'`](\.[^"'`]+\.js)["'`]/g)].map(([, path]) => path!);
}
