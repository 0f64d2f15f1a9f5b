/** A lint of the catalogue: what every operation and every kernel under `shaders/` must keep to. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kernels, ladders } from '../src/kernel/catalog.js';
import type { DeviceFacts } from '../src/kernel/facts.js';
import { costOf, type Kernel, type Tunables, type Variant } from '../src/kernel/kernel.js';
import type { Cost, Operation } from '../src/kernel/operation.js';
import { constantName, specialize } from '../src/kernel/specialize.js';
import { checkShape, defaultTunables } from '../src/kernel/tunables.js';

const shaders = join(import.meta.dirname, '../shaders');

/** A device with every feature, matrix units included, and WebGPU's default limits. */
const device: DeviceFacts = {
  features: [...kernels.values()].flatMap(({ requires }) => requires?.features ?? []),
  language: [...kernels.values()].flatMap(({ requires }) => requires?.language ?? []),
  limits: {
    maxBufferSize: 268_435_456,
    maxStorageBufferBindingSize: 134_217_728,
    maxStorageBuffersPerShaderStage: 8,
    maxComputeWorkgroupStorageSize: 16_384,
    maxComputeInvocationsPerWorkgroup: 256,
    maxComputeWorkgroupSizeX: 256,
    maxComputeWorkgroupSizeY: 256,
    maxComputeWorkgroupSizeZ: 64,
    maxComputeWorkgroupsPerDimension: 65_535,
  },
  subgroup: { min: 32, max: 32 },
  subgroupMatrices: [8, 16].flatMap((M) =>
    [8, 16].flatMap((N) => [8, 16].map((K) => ({ componentType: 'f16', resultComponentType: 'f32', M, N, K }))),
  ),
};

/** What a text may only use where the kernel requires it. */
const guarded = [
  { uses: /\bsubgroup[A-Z]\w*\s*\(|@builtin\(subgroup_/, feature: 'subgroups' },
  { uses: /\bf16\b|\bvec[234]h\b/, feature: 'shader-f16' },
  { uses: /\bdot4[IU]8Packed\b/, language: 'packed_4x8_integer_dot_product' },
];

describe('the catalogue', () => {
  it('has every kernel file, under the id that its path says', () => {
    const files = readdirSync(shaders, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.kernel.ts'),
    );
    const ids = files.map((path) => path.replaceAll('\\', '/').replace(/\.kernel\.ts$/, ''));
    expect([...kernels.keys()].sort()).toEqual(ids.sort());
    for (const [id, kernel] of kernels) expect(kernel.id).toBe(id);
  });

  it('has an operation in every folder of kernels', () => {
    const folders = readdirSync(shaders, { withFileTypes: true }).filter(
      (entry) => entry.isDirectory() && entry.name !== 'lib',
    );
    expect([...ladders.keys()].sort()).toEqual(folders.map(({ name }) => name).sort());
  });
});

for (const { operation, kernels: rungs } of ladders.values()) {
  describe(operation.id, () => {
    it('says in a title and one sentence what it computes', () => expectSaid(operation));

    it('has a README and at least one rung', () => {
      expect(readFileSync(join(shaders, operation.id, 'README.md'), 'utf8')).toMatch(/^# \S.*\n/);
      expect(rungs.length).toBeGreaterThan(0);
    });

    it('names its sizes and buffers', () => {
      expectUnique(operation.parameters.map(({ name }) => name));
      expectUnique(operation.bindings.map(({ name }) => name));
      expect(operation.bindings.some(({ access }) => access === 'read_write')).toBe(true);
      for (const { about } of [...operation.parameters, ...operation.bindings]) expect(about).not.toBe('');
    });

    it('is tested at a size of 1 and at odd sizes', () => {
      const sizes = operation.cases.flatMap((shape) => Object.values<number>(shape));
      expect(sizes).toContain(1);
      expect(sizes.some((size) => size > 1 && size % 2 === 1)).toBe(true);
    });

    it('has valid shapes of a sane cost', () => {
      const presets = operation.presets.map(({ shape }) => shape);
      expectUnique(operation.presets.map(({ title }) => title));
      for (const shape of [...operation.cases, ...presets, ...operation.sweep]) {
        expect(checkShape(operation, shape)).toEqual(shape);
        expectSane(operation.cost(shape));
        for (const { length } of operation.bindings) expectCount(length(shape));
      }
      const nominal = operation.sweep.map((shape) => operation.cost(shape).nominal);
      expect(nominal).toEqual([...nominal].sort((a, b) => a - b));
    });

    for (const kernel of rungs) describe(kernel.id, () => lintKernel(kernel));
  });
}

function lintKernel(kernel: Kernel): void {
  const variants = testedVariants(kernel);

  it('says in a title and one sentence what it does', () => expectSaid(kernel));

  it('runs some case with its defaults on a device with default limits', () => {
    expect(variants.some(({ tunables }) => equal(tunables, defaultTunables(kernel)))).toBe(true);
  });

  it('has tunables in ascending order, the default among them', () => {
    for (const [name, { values, default: value, about }] of tunablesOf(kernel)) {
      expect(name).toMatch(/^[a-z][A-Za-z0-9]*$/);
      expect(about).not.toBe('');
      expect(values).toContain(value);
      expect(values).toEqual([...new Set(values)].sort((a, b) => a - b));
    }
  });

  it('uses every tunable', () => {
    const texts = variants.map(bodyOf(kernel)).join('\n');
    for (const [name, { values, default: value }] of tunablesOf(kernel)) {
      const named = new RegExp(`\\b${constantName(name)}\\b`).test(texts);
      const others = values.filter((other) => other !== value);
      expect(named || others.some((other) => changesText(kernel, name, other)), name).toBe(true);
    }
  });

  it('declares the bindings of its record', () => {
    for (const variant of variants)
      expect(declaredBindings(kernel, variant)).toEqual(recordedBindings(kernel, variant));
  });

  it('has the entry points it dispatches, each with whole numbers of workgroups', () => {
    for (const variant of variants) {
      const { code } = specialize(kernel, variant);
      const entryPoints = [...code.matchAll(/@compute\b[^{;]*?\bfn\s+(\w+)/g)].map(([, name]) => name);
      for (const { entryPoint = 'main', workgroups } of kernel.dispatch(variant)) {
        expect(entryPoints).toContain(entryPoint);
        for (const count of workgroups) expectCount(count ?? 1);
      }
    }
  });

  it('requires what its text uses, by directive where WGSL has one', () => {
    const { features = [], language = [] } = kernel.requires ?? {};
    for (const variant of variants) {
      const { code } = specialize(kernel, variant);
      if (features.includes('subgroups')) expect(code).toMatch(/^enable subgroups;$/m);
      if (features.includes('shader-f16')) expect(code).toMatch(/^enable f16;$/m);
      for (const name of language) expect(code).toContain(`requires ${name};`);
      const text = bodyOf(kernel)(variant).replace(/\/\/.*$/gm, '');
      for (const { uses, ...requirement } of guarded) {
        if (!uses.test(text)) continue;
        expect(requirement.feature ? features : language).toContain(requirement.feature ?? requirement.language);
      }
    }
  });

  it('has a sane cost', () => {
    for (const variant of variants) expectSane(costOf(kernel, variant));
  });
}

/** Cases with the defaults, and each value of each tunable on the case that the kernels are tested with; valid ones only. */
function testedVariants(kernel: Kernel): readonly Variant[] {
  const defaults = defaultTunables(kernel);
  const [first, second = first] = kernel.computes.cases;
  const changed = tunablesOf(kernel).flatMap(([name, { values }]) =>
    values.map((value): Variant => ({ shape: second!, tunables: { ...defaults, [name]: value } })),
  );
  return [...kernel.computes.cases.map((shape): Variant => ({ shape, tunables: defaults })), ...changed].filter(
    (variant) => (kernel.valid?.(variant, device) ?? true) === true,
  );
}

function tunablesOf(kernel: Kernel): readonly [name: string, Kernel['tunables'][string]][] {
  return Object.entries<Kernel['tunables'][string]>(kernel.tunables);
}

/** The sources without the preamble. */
function bodyOf(kernel: Kernel): (variant: Variant) => string {
  return (variant) => {
    const { code, origins } = specialize(kernel, variant);
    return code
      .split('\n')
      .slice((origins[0]?.line ?? 1) - 1)
      .join('\n');
  };
}

/** Whether another value of a tunable gives other sources: so it is with values that generated text is made from. */
function changesText(kernel: Kernel, name: string, value: number): boolean {
  const shape = kernel.computes.cases[0]!;
  const tunables = defaultTunables(kernel);
  const before = { shape, tunables };
  const after = { shape, tunables: { ...tunables, [name]: value } };
  const valid = (kernel.valid?.(after, device) ?? true) === true;
  return valid && bodyOf(kernel)(before) !== bodyOf(kernel)(after);
}

/**
 * Storage buffers in the text. Read by pattern: wgsl_reflect 1.6.0 takes `i < (a) * b` for a template list and gives up.
 * Names may differ from the record's, as one text can serve several operations.
 */
function declaredBindings(kernel: Kernel, variant: Variant): readonly object[] {
  const { code } = specialize(kernel, variant);
  const text = code.replace(/\/\/.*$/gm, '');
  return [...text.matchAll(/((?:@\w+\(\d+\)\s*)+)var\s*<\s*storage\s*(?:,\s*(\w+)\s*)?>/g)]
    .map(([, attributes = '', access = 'read']) => ({
      group: Number(/@group\((\d+)\)/.exec(attributes)?.[1]),
      binding: Number(/@binding\((\d+)\)/.exec(attributes)?.[1]),
      access,
    }))
    .sort((a, b) => a.binding - b.binding);
}

function recordedBindings(kernel: Kernel, variant: Variant): readonly object[] {
  const own = (kernel.scratch?.(variant) ?? []).map(() => 'read_write');
  const accesses = [...kernel.computes.bindings.map(({ access }) => access), ...own];
  return accesses.map((access, i) => ({ group: 0, binding: i + 1, access }));
}

function expectSaid({ title, summary }: Pick<Operation, 'title' | 'summary'>): void {
  expect(title).toMatch(/^\S.*[^.\s]$/);
  expect(summary).toMatch(/^[^\s].*[^.]\.$/);
  // No second sentence; "e.g." and the like are followed by lower case.
  expect(summary).not.toMatch(/[.!?]\s+[A-Z]/);
}

function expectUnique(names: readonly string[]): void {
  expect(names.length).toBeGreaterThan(0);
  expect([...new Set(names)]).toEqual(names);
}

function expectCount(count: number): void {
  expect(Number.isSafeInteger(count) && count > 0, String(count)).toBe(true);
}

function expectSane({ operations, nominal, bytesRead, bytesWritten }: Cost): void {
  for (const amount of [bytesRead, bytesWritten]) expect(amount > 0 && Number.isFinite(amount)).toBe(true);
  // A sparse operand may keep nothing.
  expect(nominal >= 0 && Number.isFinite(nominal)).toBe(true);
  expect(Object.keys(operations).length).toBeGreaterThan(0);
  for (const amount of Object.values(operations)) expect(amount >= 0 && Number.isFinite(amount)).toBe(true);
}

function equal(a: Tunables, b: Tunables): boolean {
  return Object.keys(a).every((name) => a[name] === b[name]);
}
