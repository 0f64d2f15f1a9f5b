/** How long the values of a plan are needed, and which buffers of the pool they share in turn. */
import { byteLength } from '../../gpu/pipelines.js';
import type { Graph, Node } from '../graph.js';
import { elementCount } from '../tensor.js';
import { innerNames } from './interpret.js';
import type { PlannedBuffer } from './known.js';
import { deviceElementOf } from './lowering.js';
import { BufferPool } from './pool.js';
import type { HostTensor } from './values.js';

export class Lifetimes {
  readonly pool = new BufferPool();
  /** How often each value is still taken. */
  readonly #uses = new Map<string, number>();
  /** How many values live in each slot, views of others counted. */
  readonly #tenants = new Map<number, number>();

  /** @param keep values that are read at the end, besides the outputs. */
  constructor(graph: Graph, keep: ReadonlySet<string> | 'all' = new Set()) {
    const use = (name: string): void => void this.#uses.set(name, (this.#uses.get(name) ?? 0) + 1);
    for (const node of graph.nodes) for (const name of [...node.inputs, ...innerNames(node)]) use(name);
    for (const { name } of graph.outputs) use(name);
    if (keep === 'all') for (const node of graph.nodes) node.outputs.forEach(use);
    else for (const name of keep) use(name);
  }

  /** A buffer for such a value. */
  room({ type, dims }: Pick<HostTensor, 'type' | 'dims'>): PlannedBuffer {
    return { slot: this.pool.take(byteLength(deviceElementOf(type)!, elementCount(dims))) };
  }

  /** A value begins to live in a buffer; one that nobody takes ends at once. @param name empty where the output is left out. */
  begin(name: string, buffer: PlannedBuffer): void {
    if ('slot' in buffer) this.#tenants.set(buffer.slot, (this.#tenants.get(buffer.slot) ?? 0) + 1);
    if (name === '' || (this.#uses.get(name) ?? 0) === 0) this.#end(buffer);
  }

  /** The node has taken its inputs: what no other takes leaves its buffer. */
  release(node: Node, bufferOf: (name: string) => PlannedBuffer | undefined): void {
    for (const name of [...node.inputs, ...innerNames(node)]) {
      const left = (this.#uses.get(name) ?? 0) - 1;
      this.#uses.set(name, left);
      const buffer = bufferOf(name);
      if (left === 0 && buffer !== undefined) this.#end(buffer);
    }
  }

  #end(buffer: PlannedBuffer): void {
    if (!('slot' in buffer)) return;
    const left = (this.#tenants.get(buffer.slot) ?? 1) - 1;
    this.#tenants.set(buffer.slot, left);
    if (left === 0) this.pool.giveBack(buffer.slot);
  }
}
