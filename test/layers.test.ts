/** Imports point down only, the library reaches no page, and every file opens with a sentence on what it is for. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** What each layer may import besides itself and packages. Longer prefixes come first. */
const allowed: readonly (readonly [layer: string, below: readonly string[]])[] = [
  ['src/numerics', []],
  // The catalogue finds kernels by glob, so `kernel` itself names none of them.
  ['src/kernel', ['src/numerics']],
  ['shaders', ['src/kernel', 'src/numerics']],
  ['src/gpu', ['src/kernel', 'src/numerics']],
  ['src/bench', ['src/gpu', 'src/kernel', 'src/numerics']],
  ['src/models', ['src/gpu', 'src/kernel', 'src/numerics', 'src/bench', 'shaders']],
  ['src/store', ['src/bench', 'src/kernel']],
  ['src/worker', ['src/bench', 'src/models', 'src/store', 'src/gpu', 'src/kernel', 'src/numerics', 'package.json']],
  ['src/index.ts', ['src/bench', 'src/gpu', 'src/kernel', 'src/numerics']],
  [
    'src/ui',
    [
      'src/worker/client.ts',
      'src/worker/api.ts',
      'src/worker/models-api.ts',
      'src/worker/models-report.ts',
      'src/worker/quantize-api.ts',
      'src/models/data/images.ts',
      'src/bench',
      'src/store',
      'src/kernel',
      'src/numerics',
      'package.json',
    ],
  ],
  ['src/cli', ['src/worker', 'src/models', 'src/bench', 'src/kernel', 'src/numerics', 'scripts/lib', 'package.json']],
];

const files = ['src', 'shaders'].flatMap((folder) => sources(join(root, folder)));

describe('layers', () => {
  it.each(files)('%s imports only what lies below', (file) => {
    const layer = allowed.find(([prefix]) => file.startsWith(prefix));
    expect(layer, `${file} belongs to no layer; add it to this test`).toBeDefined();
    const [prefix, below] = layer!;
    const strays = importsOf(file).filter((target) => ![prefix, ...below].some((place) => target.startsWith(place)));
    expect(strays).toEqual([]);
  });

  it('keeps the library clear of packages, page, worker and store', () => {
    const reached = reach('src/index.ts');
    expect([...reached].filter((file) => /^src\/(ui|worker|store|cli)\//.test(file))).toEqual([]);
    expect([...reached].flatMap((file) => valueImports(file).filter((name) => !name.startsWith('.')))).toEqual([]);
  });
});

describe('habits', () => {
  it.each(files)('%s opens with what it is for', (file) => {
    expect(readFileSync(join(root, file), 'utf8')).toMatch(/^(#!.*\n)?\/(\*\*\s+(\* )?|\/ )\S/);
  });
});

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => relative(root, join(folder, name)))
    .sort();
}

/** Files of this project that a file imports, types included. */
function importsOf(file: string): string[] {
  return specifiers(file, /(?:from|import\()\s*'(\.[^']+)'/g).map((name) => locate(file, name));
}

function valueImports(file: string): string[] {
  return specifiers(file, /^(?:import|export)\s+(?!type\b)(?:[^'"]*?\sfrom\s+)?'([^']+)'/gm);
}

function specifiers(file: string, pattern: RegExp): string[] {
  return [...readFileSync(join(root, file), 'utf8').matchAll(pattern)].map((match) => match[1]!);
}

function locate(file: string, name: string): string {
  return relative(root, resolve(root, dirname(file), name)).replace(/\.js$/, '.ts');
}

/** Every file that an entry loads at run time. */
function reach(entry: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  for (const name of valueImports(entry).filter((specifier) => specifier.startsWith('.'))) {
    const target = locate(entry, name);
    if (target.endsWith('.ts')) reach(target, seen);
  }
  return seen;
}
