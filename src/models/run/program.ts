/** One plan with its buffers and pipelines on a device: what a session runs again and again. */
import { readBack, storageBuffer, upload } from '../../gpu/buffers.js';
import { scoped } from '../../gpu/errors.js';
import { effortOf, type Pace, paceOf } from '../../gpu/pace.js';
import { Pass } from '../../gpu/pass.js';
import type { Pipelines } from '../../gpu/pipelines.js';
import { type Bound, runnerOn } from '../../gpu/runner.js';
import type { DeviceFacts } from '../../kernel/facts.js';
import { costOf } from '../../kernel/kernel.js';
import type { Refusal } from '../../kernel/outcome.js';
import type { Model } from '../graph.js';
import { elementCount } from '../tensor.js';
import { factsOfRun, type RunFacts } from './facts.js';
import { checkInputs } from './inputs.js';
import { budgetOf } from './interpret.js';
import { deviceWords, type PlannedBuffer } from './known.js';
import { deviceElementOf } from './lowering.js';
import { hostSteps, Plan } from './plan.js';
import { type HostOutputs, type PlanItem, type PlanOptions, runOnHost } from './plan-items.js';
import { sameDims, sameValue, signatureOf } from './sameness.js';
import { type HostTensor, type HostValue, hostTensor, settle } from './values.js';

export interface ModelRun {
  readonly outputs: ReadonlyMap<string, HostValue>;
  /** The values asked for by `keep`. */
  readonly kept: ReadonlyMap<string, HostValue>;
  readonly facts: RunFacts;
}

export interface SessionParts {
  readonly device: GPUDevice;
  readonly facts: DeviceFacts;
  /** Shared with others on the same device, so that nothing is compiled twice. */
  readonly pipelines?: Pipelines;
  /** How much work is given to the device at once; found by itself where left out. */
  readonly pace?: Pace;
}

/** A device that will not run a kernel, or has no room for it. */
export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.reason);
    this.refusal = refusal;
  }
}

type DeviceItem = Extract<PlanItem, { kind: 'device' }>;
type HostItem = Extract<PlanItem, { kind: 'host' }>;

interface Prepared {
  readonly bound: Bound;
  /** Of each part, in operations. */
  readonly effort: number;
}

/** One plan with its buffers and pipelines. */
export class Program {
  readonly #plan: Plan;
  readonly #buffers = new Map<string, GPUBuffer>();
  readonly #bound = new Map<PlanItem, readonly Prepared[]>();
  readonly #signature: string;
  readonly #pace: Pace;
  #complete = false;
  #allocated = 0;

  readonly model: Model;
  readonly parts: SessionParts;
  readonly pipelines: Pipelines;
  readonly options: PlanOptions;

  constructor(
    model: Model,
    parts: SessionParts,
    pipelines: Pipelines,
    options: PlanOptions,
    inputs: ReadonlyMap<string, HostValue>,
  ) {
    this.model = model;
    this.parts = parts;
    this.pipelines = pipelines;
    this.options = options;
    this.#signature = signatureOf(inputs);
    this.#pace = parts.pace ?? paceOf(parts.device, parts.facts);
    this.#plan = new Plan(model, inputs, parts.facts, options);
  }

  /** Whether the plan was made for inputs of this form. */
  fits(inputs: ReadonlyMap<string, HostValue>): boolean {
    if (signatureOf(inputs) !== this.#signature) return false;
    return [...this.#plan.assumed].every(([name, assumed]) => {
      const value = inputs.get(name);
      return value === undefined || (value.kind === 'tensor' && sameValue(value, assumed));
    });
  }

  /** @throws the reason of the signal where it is aborted; this program is of no use then. */
  async run(inputs: ReadonlyMap<string, HostValue>, signal?: AbortSignal): Promise<ModelRun | 'plan no longer fits'> {
    checkInputs(this.model, inputs);
    const values = new Map<string, HostValue>(inputs);
    const budget = budgetOf(hostSteps);
    const pass = new Pass(this.parts.device, this.#pace);
    let done = 0;
    for (;;) {
      // Planning goes ahead as far as it can, so that all pipelines of a stretch compile side by side.
      const before = this.#plan.items.length;
      if (!this.#complete && done === before) this.#complete = this.#plan.advance();
      await this.#realize(this.#plan.items.slice(done));
      for (const item of this.#plan.items.slice(done)) {
        done++;
        signal?.throwIfAborted();
        if (item.kind === 'device') {
          this.#uploadFor(item, values);
          for (const { bound, effort } of this.#bound.get(item) ?? []) {
            for (const part of bound.parts) if (pass.encode(part, effort)) await pass.room(signal);
          }
        } else {
          const waiting = !this.#complete && item === this.#plan.items.at(-1) && this.#isWaiting(item);
          const outputs = await this.#runHost(item, values, pass, budget);
          if (waiting) this.#plan.supply(outputs);
          else if (!this.#sameForm(item, outputs)) return 'plan no longer fits';
        }
      }
      if (this.#complete && done === this.#plan.items.length) break;
    }
    pass.submit();
    const outputs = await this.#read(
      this.model.graph.outputs.map(({ name }) => name),
      values,
    );
    const { keep } = this.options;
    const kept =
      keep === 'all'
        ? this.model.graph.nodes.flatMap(({ outputs: names }) => names.filter((name) => name !== ''))
        : [...(keep ?? [])];
    return {
      outputs,
      kept: await this.#read(kept, values),
      facts: factsOfRun(this.#plan, this.#allocated, this.#dispatches()),
    };
  }

  destroy(): void {
    for (const prepared of this.#bound.values()) for (const { bound } of prepared) bound.destroy();
    for (const buffer of this.#buffers.values()) buffer.destroy();
  }

  #isWaiting(item: HostItem): boolean {
    return (
      item.readBack.length > 0 &&
      item.node.outputs.every((name) => name === '' || this.#plan.typeOf(name) === undefined)
    );
  }

  async #realize(items: readonly PlanItem[]): Promise<void> {
    const fresh = items.filter((item): item is DeviceItem => item.kind === 'device' && !this.#bound.has(item));
    const allocated = await scoped(this.parts.device, 'allocating the buffers of the model', () => {
      for (const { steps } of fresh) {
        for (const { bindings } of steps) for (const { buffer } of Object.values(bindings)) this.#buffer(buffer);
      }
      return {};
    });
    if (allocated.status !== 'ok') throw new Refused(allocated);
    // All are waited for even where one fails, so that what the others allocate is known and freed.
    const ended = await Promise.allSettled(fresh.map((item) => this.#bind(item)));
    for (const end of ended) if (end.status === 'rejected') throw end.reason;
  }

  async #bind(item: DeviceItem): Promise<void> {
    const outcomes = await Promise.all(
      item.steps.map(async ({ step: { kernel, shape, tunables }, bindings }) => {
        const entries = Object.entries(bindings).map(([name, { buffer, first }]): [string, GPUBufferBinding] => [
          name,
          { buffer: this.#buffer(buffer), offset: 4 * first },
        ]);
        const given = Object.fromEntries(entries);
        const variant = { shape, tunables };
        const effort = effortOf(costOf(kernel, variant));
        const runner = runnerOn(this.parts.device, this.pipelines, kernel);
        return { outcome: await runner.bind(variant, given, { parts: this.#pace.partsOf(effort) }), effort };
      }),
    );
    const prepared = outcomes.flatMap(({ outcome, effort }) =>
      outcome.status === 'ok' ? [{ bound: outcome.bound, effort: effort / outcome.bound.parts.length }] : [],
    );
    this.#bound.set(item, prepared);
    for (const { outcome } of outcomes) if (outcome.status !== 'ok') throw new Refused(outcome);
  }

  /** The GPU buffer of a planned one; constants are uploaded with it. */
  #buffer(planned: PlannedBuffer): GPUBuffer {
    const key = 'slot' in planned ? `#${planned.slot}` : planned.own;
    const known = this.#buffers.get(key);
    if (known !== undefined) return known;
    const own = 'own' in planned ? this.#plan.own.get(planned.own) : undefined;
    const bytes = 'slot' in planned ? this.#plan.bytesOf(planned.slot) : own!.bytes;
    const buffer = storageBuffer(this.parts.device, key, bytes);
    this.#allocated += bytes;
    this.#buffers.set(key, buffer);
    if (own?.made) upload(this.parts.device, buffer, own.made() as Float32Array<ArrayBuffer>);
    return buffer;
  }

  readonly #uploaded = new WeakMap<ReadonlyMap<string, HostValue>, Set<string>>();

  /** Writes the values of this run that the item's kernels read. Each has a buffer of its own, so order does not matter. */
  #uploadFor(item: DeviceItem, values: ReadonlyMap<string, HostValue>): void {
    const done = this.#uploaded.get(values) ?? new Set<string>();
    this.#uploaded.set(values, done);
    for (const { bindings } of item.steps) {
      for (const { buffer: planned } of Object.values(bindings)) {
        if (!('own' in planned) || done.has(planned.own)) continue;
        const { value } = this.#plan.own.get(planned.own);
        const given = value === undefined ? undefined : values.get(value);
        if (given?.kind !== 'tensor') continue;
        upload(this.parts.device, this.#buffer(planned), deviceWords(planned.own, given));
        done.add(planned.own);
      }
    }
  }

  async #runHost(
    item: HostItem,
    values: Map<string, HostValue>,
    pass: Pass,
    budget: ReturnType<typeof budgetOf>,
  ): Promise<HostOutputs> {
    if (item.readBack.length > 0) pass.submit();
    for (const [name, value] of await this.#read(item.readBack, values)) values.set(name, value);
    const outputs =
      this.#plan.takeComputed(item) ??
      runOnHost(this.model, item, (name) => values.get(name) ?? this.#plan.hostValueOf(name), budget);
    item.node.outputs.forEach((name, i) => {
      if (name !== '' && outputs[i] !== undefined) values.set(name, outputs[i]);
    });
    return outputs;
  }

  /** Whether what the host computed has the form that the rest was planned for. */
  #sameForm(item: HostItem, outputs: HostOutputs): boolean {
    return item.node.outputs.every((name, i) => {
      const value = outputs[i];
      if (name === '') return true;
      const planned = this.#plan.typeOf(name);
      if (value === undefined || planned === undefined) return value === planned;
      if (value.kind !== 'tensor') return this.#plan.hostValueOf(name)?.kind === value.kind;
      const assumed = this.#plan.assumed.get(name);
      return (
        planned?.type === value.type && sameDims(planned.dims, value.dims) && (!assumed || sameValue(value, assumed))
      );
    });
  }

  async #read(names: readonly string[], values: ReadonlyMap<string, HostValue>): Promise<Map<string, HostValue>> {
    const entries = names.map(async (name): Promise<[string, HostValue][]> => {
      const atHand = values.get(name) ?? (this.#plan.isConstant(name) ? this.#plan.hostValueOf(name) : undefined);
      if (atHand !== undefined) return [[name, atHand]];
      const buffer = this.#plan.bufferOf(name);
      const known = this.#plan.typeOf(name);
      if (buffer === undefined || known === undefined) return [];
      // A view of what this run was given: there may have been no kernel to upload it for.
      const given = 'own' in buffer ? values.get(this.#plan.own.get(buffer.own).value ?? '') : undefined;
      if (given?.kind === 'tensor') return [[name, { ...given, type: known.type, dims: known.dims }]];
      return [[name, await this.#readBuffer(buffer, known)]];
    });
    return new Map((await Promise.all(entries)).flat());
  }

  async #readBuffer(planned: PlannedBuffer, { type, dims }: Pick<HostTensor, 'type' | 'dims'>): Promise<HostValue> {
    const count = elementCount(dims);
    const bytes = await readBack(this.parts.device, this.#buffer(planned), Math.max(4, 4 * count));
    const words = deviceElementOf(type) === 'f32' ? new Float32Array(bytes) : new Int32Array(bytes);
    return settle(hostTensor(type, dims, words.subarray(0, count)));
  }

  /** Parts of dispatches that are bound. */
  #dispatches(): number {
    return [...this.#bound.values()].flat().reduce((sum, { bound }) => sum + bound.parts.length, 0);
  }
}
