/** Every kernel there is, found by folder: a new file under `shaders/` needs no entry anywhere. */
import { CatalogueError } from './catalogue-error.js';
import type { Kernel } from './kernel.js';
import type { Operation } from './operation.js';

const modules = import.meta.glob<{ readonly default: Kernel }>('../../shaders/*/*.kernel.ts', { eager: true });

export interface Ladder {
  readonly operation: Operation;
  /** Rungs from the plainest up. */
  readonly kernels: readonly Kernel[];
}

/** Kernels by id. */
export const kernels: ReadonlyMap<string, Kernel> = collect();

/** Operations with their rungs, by operation id, in alphabetical order. */
export const ladders: ReadonlyMap<string, Ladder> = climb(kernels);

function collect(): Map<string, Kernel> {
  const found = new Map<string, Kernel>();
  for (const [path, { default: kernel }] of Object.entries(modules)) {
    const file = path.replace(/^.*shaders\//, 'shaders/');
    const id = file.replace('shaders/', '').replace(/\.kernel\.ts$/, '');
    if (kernel.id !== id) {
      throw new CatalogueError(
        `${file} must define a kernel with the id "${id}", as its place says, not "${kernel.id}".`,
      );
    }
    if (kernel.computes.id !== id.split('/')[0]) {
      throw new CatalogueError(`${file} computes "${kernel.computes.id}", the operation of another folder.`);
    }
    found.set(id, kernel);
  }
  return found;
}

function climb(all: ReadonlyMap<string, Kernel>): Map<string, Ladder> {
  const grouped = groupByOperation(all.values());
  const order = (a: Kernel, b: Kernel): number => a.rung - b.rung || (a.id < b.id ? -1 : 1);
  const entries = [...grouped].map(([id, members]): [string, Ladder] => [
    id,
    { operation: members[0]!.computes, kernels: members.sort(order) },
  ]);
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function groupByOperation(all: Iterable<Kernel>): Map<string, Kernel[]> {
  const grouped = new Map<string, Kernel[]>();
  for (const kernel of all) grouped.set(kernel.computes.id, [...(grouped.get(kernel.computes.id) ?? []), kernel]);
  return grouped;
}
