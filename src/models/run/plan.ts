/**
 * Plans a run: walks the nodes once, decides where each is computed, infers shapes, and gives every value a buffer.
 * Needs no device. Where a shape depends on a value that only a run can tell, the plan stops and goes on once it is known.
 */
import { byteLength } from '../../gpu/pipelines.js';
import type { DeviceFacts } from '../../kernel/facts.js';
import type { Model, Node } from '../graph.js';
import { calledKey } from '../graph.js';
import { type ElementType, elementCount } from '../tensor.js';
import { ModelRunError, noKernel, placeOf } from './errors.js';
import { checkInputs } from './inputs.js';
import { budgetOf, hostOperators, innerNames, operatorKey, opsetOf, runNode } from './interpret.js';
import { constantOf, type Known, type PlannedBuffer } from './known.js';
import { Lifetimes } from './lifetimes.js';
import { type BufferRef, deviceElementOf, LowerCall, type Lowering, lowerings, NeedsValue } from './lowering.js';
import { OwnBuffers } from './own-buffers.js';
import { type HostOutputs, type PlanItem, type PlanOptions, runOnHost } from './plan-items.js';
import { isRandom } from './randomness.js';
import { type HostTensor, type HostValue, hostTensor } from './values.js';

/** Elements of all values that one run may make on the host: 1 GiB of doubles. */
const mostHeld = 2 ** 27;

/** Steps that planning, and each run after it, may take on the host: half a second or so on a machine with nothing else to do. */
export const hostSteps = 2 ** 18;

/** Steps that planning for shapes may take on the host; what takes more is left unknown. */
const stepsForShapes = 2 ** 14;

/** Constants of more elements are not computed where only their shape is asked for. */
const elementsForShapes = 2 ** 14;

export class Plan {
  readonly items: PlanItem[] = [];
  readonly own: OwnBuffers;
  /** Values that shapes were derived from: the plan holds while they stay the same. */
  readonly assumed = new Map<string, HostTensor>();
  #next = 0;
  readonly #known = new Map<string, Known>();
  readonly #lifetimes: Lifetimes;
  /** What planning computed on the host, until the first run has taken it. */
  readonly #computed = new Map<PlanItem, HostOutputs>();
  readonly #budget: ReturnType<typeof budgetOf>;
  #held = 0;

  readonly model: Model;
  readonly facts: DeviceFacts;
  readonly options: PlanOptions;

  constructor(model: Model, inputs: ReadonlyMap<string, HostValue>, facts: DeviceFacts, options: PlanOptions = {}) {
    this.model = model;
    this.facts = facts;
    this.options = options;
    this.own = new OwnBuffers(options.shapesOnly === true);
    this.#budget = budgetOf(options.shapesOnly ? stepsForShapes : hostSteps);
    checkInputs(model, inputs);
    for (const [name, tensor] of model.graph.initializers) this.#known.set(name, constantOf(tensor));
    for (const { name } of model.graph.inputs) this.#known.set(name, this.#given(name, inputs.get(name)!));
    this.#lifetimes = new Lifetimes(model.graph, options.keep);
  }

  /** Plans on until the end, or until a host node whose inputs must first be computed. @returns whether the end is reached. */
  advance(): boolean {
    const { nodes } = this.model.graph;
    while (this.#next < nodes.length) {
      const node = nodes[this.#next]!;
      if (!this.#place(node)) return false;
      this.#next++;
      this.#lifetimes.release(node, (name) => this.bufferOf(name));
    }
    return true;
  }

  /** The host node at which planning stopped. */
  get waitingFor(): Extract<PlanItem, { kind: 'host' }> {
    const last = this.items.at(-1);
    if (last?.kind !== 'host') throw new TypeError('The plan waits for nothing');
    return last;
  }

  /** Takes what the host node computed, so that planning can go on. */
  supply(outputs: HostOutputs): void {
    const node = this.model.graph.nodes[this.#next]!;
    this.#settleHost(node, outputs, false);
    this.#next++;
    this.#lifetimes.release(node, (name) => this.bufferOf(name));
  }

  /** What planning has computed of a host node for the run that it was made for; undefined from then on. */
  takeComputed(item: PlanItem): HostOutputs | undefined {
    const outputs = this.#computed.get(item);
    this.#computed.delete(item);
    return outputs;
  }

  /** Bytes on the device: what stays from run to run, what each run uploads, and the buffers that values share. */
  bytes(): { readonly weights: number; readonly uploads: number; readonly shared: number } {
    return { ...this.own.bytes(), shared: this.#lifetimes.pool.bytes };
  }

  /** Bytes of a buffer that values share. */
  bytesOf(slot: number): number {
    return this.#lifetimes.pool.sizes[slot]!;
  }

  typeOf(name: string): { readonly type: ElementType; readonly dims: readonly number[] } | undefined {
    return this.#known.get(name);
  }

  bufferOf(name: string): PlannedBuffer | undefined {
    return this.#known.get(name)?.buffer;
  }

  /** The value where the host knows it without reading back. */
  hostValueOf(name: string): HostValue | undefined {
    return this.#known.get(name)?.host?.();
  }

  isConstant(name: string): boolean {
    return this.#known.get(name)?.constant ?? false;
  }

  #given(name: string, value: HostValue): Known {
    if (value.kind !== 'tensor') return { type: 'string', dims: [], constant: false, host: () => value };
    const known: Known = { type: value.type, dims: value.dims, constant: false, host: () => value };
    const element = deviceElementOf(value.type);
    if (element !== undefined && value.type !== 'i64') known.buffer = this.own.value(name, known);
    return known;
  }

  /** @returns false where the node waits for values of the device. */
  #place(node: Node): boolean {
    if (this.#isAboutShape(node)) return true;
    const inputs = node.inputs.map((name) => (name === '' ? undefined : this.#find(name, node)));
    const outer = innerNames(node).map((name) => this.#find(name, node));
    const taken = [...inputs, ...outer].filter((known) => known !== undefined);
    const lower = lowerings.get(operatorKey(node));
    const reason = this.#whyHost(node, taken, lower !== undefined);
    if (reason === undefined && lower !== undefined) {
      const lowering = this.#lower(node, inputs);
      if (typeof lowering !== 'string') {
        if (lowering !== undefined) this.#commit(node, lowering);
        return lowering !== undefined;
      }
      return this.#onHost(node, taken, lowering);
    }
    return this.#onHost(node, taken, reason ?? 'no kernel computes this operator');
  }

  /** The shape of a value is part of the plan: nothing is read back for it. */
  #isAboutShape(node: Node): boolean {
    const key = operatorKey(node);
    const [name = ''] = node.inputs;
    if ((key !== 'Shape' && key !== 'Size') || name === '') return false;
    const { type, dims, host, buffer } = this.#find(name, node);
    const isTensor = buffer !== undefined || this.model.graph.initializers.has(name) || host?.().kind === 'tensor';
    if (!isTensor) return false;
    const form = hostTensor(type, dims, []);
    this.#settleHost(
      node,
      runNode(this.model, node, () => form),
      true,
    );
    return true;
  }

  /** Why a node is better computed on the host, or undefined where the device should be tried. */
  #whyHost(node: Node, taken: readonly Known[], hasLowering: boolean): string | undefined {
    if (!hasLowering) return 'no kernel computes this operator';
    if (this.model.functions.has(calledKey(node))) return 'it is a function of the model';
    const elements = taken.reduce((sum, { dims }) => sum + elementCount(dims), 0);
    const isLarge = this.options.shapesOnly === true && elements > elementsForShapes;
    if (taken.length === 0 || (!isLarge && taken.every(({ constant }) => constant))) return 'its inputs are constants';
    const atHand = taken.every(({ host, buffer }) => host !== undefined && buffer === undefined);
    return atHand && elements <= (this.options.smallElements ?? 4096)
      ? 'its inputs are small and on the host'
      : undefined;
  }

  /** @returns undefined where a value must be read back first. */
  #lower(node: Node, inputs: readonly (Known | undefined)[]): Lowering | string | undefined {
    const call: LowerCall = new LowerCall(node, opsetOf(this.model.opsets, node.domain), inputs, this.facts, (i) => {
      const value = inputs[i]?.host?.();
      if (value === undefined) return undefined;
      if (value.kind !== 'tensor') return call.fail('unsupported-type', `input ${i} is a ${value.kind}, not a tensor`);
      if (!inputs[i]!.constant) this.assumed.set(node.inputs[i]!, value);
      return value;
    });
    const stranger = inputs.findIndex(
      (known) => known && known.buffer === undefined && known.host?.().kind !== 'tensor',
    );
    if (stranger >= 0) return 'sequences are computed on the host';
    try {
      const lowering = lowerings.get(operatorKey(node))!(call);
      if (lowering === noKernel && call.refusal !== undefined) return `${noKernel}: ${firstSentence(call.refusal)}`;
      if (typeof lowering === 'string') return lowering;
      const odd = lowering.outputs.find(({ type }) => deviceElementOf(type) === undefined);
      return odd ? `${odd.type} is not computed on the device` : lowering;
    } catch (error) {
      if (error instanceof NeedsValue) return `the value of input ${error.input} decides its shape`;
      throw error;
    }
  }

  #commit(node: Node, lowering: Lowering): void {
    const { pool } = this.#lifetimes;
    const outputs = lowering.outputs.map((output): PlannedBuffer => {
      return output.sameAs === undefined ? this.#lifetimes.room(output) : this.#onDevice(node.inputs[output.sameAs]!);
    });
    const temps = (lowering.temps ?? []).map((words) => pool.take(byteLength('f32', words)));
    const place = (ref: BufferRef): PlannedBuffer => {
      if ('input' in ref) return this.#onDevice(node.inputs[ref.input]!);
      if ('output' in ref) return outputs[ref.output]!;
      if ('temp' in ref) return { slot: temps[ref.temp]! };
      // Names of values would not do: the first output may be left out.
      return this.own.made(`made ${this.#next} ${ref.made}`, ref.data);
    };
    const steps = lowering.steps.map((step) => ({
      step,
      bindings: Object.fromEntries(
        Object.entries(step.buffers).map(([name, ref]) => [name, { buffer: place(ref), first: ref.first ?? 0 }]),
      ),
    }));
    this.items.push({ kind: 'device', node, steps });
    for (const slot of temps) pool.giveBack(slot);
    node.outputs.forEach((name, i) => {
      const output = lowering.outputs[i];
      if (output === undefined) return;
      const buffer = outputs[i]!;
      const same = output.sameAs === undefined ? undefined : this.#known.get(node.inputs[output.sameAs]!);
      const known: Known = { type: output.type, dims: output.dims, constant: false, buffer };
      // The value of a run's own input changes, and views of it are read back where the host wants them.
      const value = same?.constant ? same.host : undefined;
      if (value) known.host = () => ({ ...(value() as HostTensor), dims: output.dims, type: output.type });
      if (name !== '') this.#known.set(name, known);
      this.#lifetimes.begin(name, buffer);
    });
  }

  /** The buffer of a value, which is uploaded where it has none yet. */
  #onDevice(name: string): PlannedBuffer {
    const known = this.#known.get(name)!;
    known.buffer ??= this.own.value(name, known);
    return known.buffer;
  }

  /** @returns false where it must wait for values of the device. */
  #onHost(node: Node, taken: readonly Known[], reason: string): boolean {
    if (!hostOperators.has(operatorKey(node)) && !this.model.functions.has(calledKey(node))) {
      throw new ModelRunError('unsupported-operator', placeOf(node), 'is an operator that is not known here');
    }
    const names = [...new Set([...node.inputs, ...innerNames(node)])].filter((name) => name !== '');
    const readBack = names.filter((name) => this.#known.get(name)!.host === undefined);
    const constant = taken.every((known) => known.constant) && !isRandom(node);
    const item: PlanItem = { kind: 'host', node, readBack, reason };
    if (!constant) this.items.push(item);
    if (readBack.length > 0) return false;
    const outputs = runOnHost(this.model, item, (name) => this.hostValueOf(name), this.#budget);
    if (!constant) this.#computed.set(item, outputs);
    this.#settleHost(node, outputs, constant);
    return true;
  }

  #settleHost(node: Node, outputs: HostOutputs, constant: boolean): void {
    node.outputs.forEach((name, i) => {
      const value = outputs[i];
      if (name === '' || value === undefined) return;
      this.#hold(node, value);
      const { type, dims } = value.kind === 'tensor' ? value : { type: 'string' as const, dims: [] };
      this.#known.set(name, { type, dims, constant, host: () => value });
    });
  }

  /** @throws ModelRunError where the values on the host get too large together. */
  #hold(node: Node, value: HostValue): void {
    if (value.kind === 'tensor') this.#held += value.data.length;
    if (this.#held <= mostHeld) return;
    const rule = `would make values on the host larger than ${mostHeld} elements together`;
    throw new ModelRunError('bad-value', placeOf(node), rule);
  }

  #find(name: string, node: Node): Known {
    const known = this.#known.get(name);
    if (known === undefined)
      throw new ModelRunError('missing-input', placeOf(node), `takes "${name}", which nothing makes`);
    return known;
  }
}

/** A refusal's own cause, without what it advises, as a clause. */
function firstSentence(reason: string): string {
  return reason.replace(/\.( .*)?$/, '');
}
