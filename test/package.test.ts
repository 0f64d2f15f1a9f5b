/** The package as published: packed, unpacked into another project, and used from there. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resultsJsonSchemaText } from '../build/results-schema.js';
import manifest from '../package.json';
import { ensureBuilt } from '../scripts/lib/project.mjs';
import { kernels } from '../src/kernel/catalog.js';

const root = resolve(import.meta.dirname, '..');
const consumer = mkdtempSync(join(tmpdir(), 'tilewatt-package-'));
const installed = join(consumer, 'node_modules/tilewatt');

/** Most bytes of one kernel, gzipped. */
const limit = 5 * 1024;

beforeAll(() => {
  ensureBuilt(['app', 'lib', 'cli']);
  mkdirSync(installed, { recursive: true });
  const options = ['pack', '--ignore-scripts', '--json', '--pack-destination', consumer];
  const packed = execFileSync('npm', options, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' });
  const [{ filename }] = JSON.parse(packed);
  execFileSync('tar', ['-xzf', join(consumer, filename), '-C', installed, '--strip-components=1']);
  writeFileSync(join(consumer, 'package.json'), JSON.stringify({ name: 'consumer', type: 'module', private: true }));
}, 240_000);

afterAll(() => rmSync(consumer, { recursive: true, force: true }));

it('has nothing that publint objects to', async () => {
  const { messages } = await publint({ pkgDir: installed, strict: true, pack: false });
  expect(messages.map((message) => formatMessage(message, manifest))).toEqual([]);
});

it('brings no dependency along', () => {
  expect(manifest).not.toHaveProperty('dependencies');
  expect(Object.values(manifest.peerDependenciesMeta).every(({ optional }) => optional)).toBe(true);
});

it('holds no path of the machine it was built on', () => {
  const places = [root, `${homedir()}/`, tmpdir()].filter((place) => place.length > 4);
  const strays = filesBelow(installed).filter((file) => {
    const text = readFileSync(file, 'latin1');
    return places.some((place) => text.includes(place));
  });
  expect(strays).toEqual([]);
});

it('holds neither tests nor sources', () => {
  const folders = readdirSync(installed).sort();
  expect(folders.filter((name) => !/^(README|LICENSE|CHANGELOG)/.test(name))).toEqual(['dist', 'package.json', 'site']);
});

describe('one kernel', () => {
  const sizes = new Map<string, number>();
  afterAll(() => {
    const [id, size] = [...sizes].sort(([, a], [, b]) => b - a)[0] ?? [];
    console.info(`gemm-f32/naive: ${sizes.get('gemm-f32/naive')} bytes gzipped; largest kernel: ${id}, ${size} bytes`);
  });

  it.each([...kernels.keys()])('%s bundles to a few KB, alone', async (id) => {
    const { code, imports } = await bundle(`export { default } from 'tilewatt/kernels/${id}';`);
    const size = gzipSync(code, { level: 9 }).length;
    sizes.set(id, size);
    expect(imports).toEqual([]);
    expect(size).toBeGreaterThan(200);
    expect(size, `${size} bytes`).toBeLessThanOrEqual(limit);
  });

  it('runs through createRunner without any package', async () => {
    const { code, imports } = await bundle(`export { createRunner } from 'tilewatt';`);
    expect(imports).toEqual([]);
    console.info(`createRunner: ${gzipSync(code, { level: 9 }).length} bytes gzipped`);
  });
});

describe('in Node', () => {
  it('can be imported, kernel by kernel', () => {
    const script = `
      const { specialize, defaultTunables } = await import('tilewatt');
      const { default: kernel } = await import('tilewatt/kernels/gemm-f32/naive');
      const code = specialize(kernel, { shape: { m: 1, n: 1, k: 1 }, tunables: defaultTunables(kernel) }).code;
      console.log(JSON.stringify({ id: kernel.id, code }));`;
    const { id, code } = JSON.parse(node(['--input-type=module', '--eval', script]));
    expect(id).toBe('gemm-f32/naive');
    expect(code).toContain('@compute');
  });

  it('gives kernels what running needs, and whole operations apart', () => {
    const script = `
      const { default: kernel } = await import('tilewatt/kernels/quantize-int8/naive');
      const { quantizeInt8Rows } = await import('tilewatt/operations/quantize-int8');
      console.log(JSON.stringify([kernel.computes, quantizeInt8Rows].map((operation) => Object.keys(operation))));`;
    const [carried, whole] = JSON.parse(node(['--input-type=module', '--eval', script]));
    expect(carried).toEqual(['id', 'title', 'summary', 'parameters', 'bindings']);
    expect(whole).toEqual(expect.arrayContaining([...carried, 'inputs', 'reference', 'decode', 'cost', 'cases']));
  });

  it('keeps the lines of the WGSL in the built text, so that messages still point into the file', () => {
    const script = `
      const { default: kernel } = await import('tilewatt/kernels/gemm-f32/naive');
      console.log(JSON.stringify(kernel.wgsl[0]));`;
    const { path, text } = JSON.parse(node(['--input-type=module', '--eval', script]));
    const lines = readFileSync(join(root, path), 'utf8').split('\n');
    const built = text.split('\n');
    expect(built).toHaveLength(lines.length);
    expect(text).not.toContain('//');
    for (const [index, line] of lines.entries()) expect(line.startsWith(built[index])).toBe(true);
  });

  it('gives the raw WGSL and the results schema', () => {
    const script = `
      import { readFileSync } from 'node:fs';
      const read = (name) => readFileSync(new URL(import.meta.resolve(name)), 'utf8');
      console.log(JSON.stringify([read('tilewatt/kernels/gemm-f32/naive.wgsl'), read('tilewatt/results.schema.json')]));`;
    const [wgsl, schema] = JSON.parse(node(['--input-type=module', '--eval', script]));
    expect(wgsl).toBe(readFileSync(join(root, 'shaders/gemm-f32/naive.wgsl'), 'utf8'));
    expect(schema).toBe(resultsJsonSchemaText());
    expect(JSON.parse(schema).required).toEqual(['schema', 'environment', 'rows', 'comparisons']);
  });

  it('has a command that works, and says which package a runtime needs', () => {
    const program = join(installed, 'dist/cli/main.js');
    expect(node([program, 'list', 'gemm-f32'])).toContain('gemm-f32/naive');
    const { status, stderr } = spawnSync(process.execPath, [program, 'device'], { cwd: consumer, encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toContain('npm install puppeteer-core');
  });
});

describe('types', () => {
  beforeAll(() => {
    mkdirSync(join(consumer, 'node_modules/@webgpu'), { recursive: true });
    symlinkSync(join(root, 'node_modules/@webgpu/types'), join(consumer, 'node_modules/@webgpu/types'), 'junction');
    writeFileSync(
      join(consumer, 'use.ts'),
      `import { createRunner, selfTest, type Shape } from 'tilewatt';
       import naive from 'tilewatt/kernels/gemm-f32/naive';
       import { gemmF32 } from 'tilewatt/operations/gemm-f32';
       export async function use(device: GPUDevice, buffers: Record<string, GPUBuffer>): Promise<Shape> {
         const shape = { m: 1, n: 2, k: 3 };
         await createRunner(device, naive).bind({ shape, buffers, tunables: { groupX: 8 } });
         // @ts-expect-error a tunable that the kernel does not have
         await createRunner(device, naive).bind({ shape, buffers, tunables: { groupZ: 8 } });
         // @ts-expect-error a size is missing
         await createRunner(device, naive).bind({ shape: { m: 1, n: 2 }, buffers });
         await selfTest(device, naive, gemmF32);
         // @ts-expect-error the reference is not part of a kernel
         naive.computes.reference;
         return shape;
       }`,
    );
  });

  it.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])(
    'resolve under module %s, resolution %s',
    (module, moduleResolution) => {
      const compilerOptions = {
        module,
        moduleResolution,
        target: 'es2022',
        lib: ['es2023', 'dom'],
        strict: true,
        noEmit: true,
      };
      const config = {
        compilerOptions: { ...compilerOptions, skipLibCheck: false, types: ['@webgpu/types'] },
        files: ['use.ts'],
      };
      const file = join(consumer, `tsconfig.${module}.json`);
      writeFileSync(file, JSON.stringify(config));
      const { stdout } = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', file], {
        encoding: 'utf8',
      });
      expect(stdout).toBe('');
    },
    60_000,
  );
});

function node(args: readonly string[]): string {
  return execFileSync(process.execPath, args, { cwd: consumer, encoding: 'utf8' });
}

/** What a bundler makes of it in the other project: minified, everything included. */
async function bundle(source: string): Promise<{ readonly code: string; readonly imports: readonly string[] }> {
  const entry = join(consumer, 'entry.js');
  writeFileSync(entry, source);
  const output = await build({
    root: consumer,
    configFile: false,
    logLevel: 'error',
    // As an app is built: a library build would keep white space.
    build: {
      write: false,
      minify: true,
      modulePreload: false,
      target: 'es2022',
      rolldownOptions: { input: entry, preserveEntrySignatures: 'strict' },
    },
  });
  if (!('output' in output)) throw new Error('the bundler returned no output');
  const chunks = output.output.filter((file) => file.type === 'chunk');
  return {
    code: chunks.map(({ code }) => code).join(''),
    imports: chunks.flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports]),
  };
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => statSync(path).isFile());
}
