/** Control flow: branches, loops, scans. Bodies are graphs of the node; the interpreter bounds how much they run. */
import type { Graph } from '../../graph.js';
import type { HostCall, HostOperator } from '../call.js';
import { axisOf } from '../shapes.js';
import { type HostTensor, type HostValue, hostTensor, scalar } from '../values.js';
import { pickAxes } from '../walk.js';
import { concat } from './move.js';

function bodyOf(call: HostCall, name: string): Graph {
  return call.graph(name) ?? call.fail('missing-input', `lacks the attribute ${name}`);
}

const branch: HostOperator = (call) =>
  call.runGraph(bodyOf(call, call.input(0).data[0] ? 'then_branch' : 'else_branch'), []);

function truthOf(call: HostCall, value: HostValue | undefined): boolean {
  if (value?.kind === 'tensor') return value.data[0] !== 0;
  return call.fail('bad-value', 'the body makes no condition');
}

function given(call: HostCall, from: number, to: number): readonly HostValue[] {
  return call.inputs
    .slice(from, to)
    .map((value, i) => value ?? call.fail('missing-input', `input ${from + i} is left out`));
}

const loop: HostOperator = (call) => {
  const body = bodyOf(call, 'body');
  const limit = call.optional(0)?.data[0] ?? Number.POSITIVE_INFINITY;
  let going = (call.optional(1)?.data[0] ?? 1) !== 0;
  // What is left out is carried as an empty optional.
  let carried = call.inputs.slice(2).map((value): HostValue => value ?? { kind: 'optional' });
  const stacks = body.outputs.slice(1 + carried.length).map((): HostTensor[] => []);
  for (let i = 0; going && i < limit; i++) {
    const made = call.runGraph(body, [scalar('i64', i), scalar('bool', 1), ...carried]);
    going = truthOf(call, made[0]);
    carried = [...made.slice(1, 1 + carried.length)];
    stacks.forEach((stack, j) => {
      stack.push(tensorOf(call, made[1 + carried.length + j]));
    });
  }
  return [...carried, ...stacks.map((stack, i) => stacked(call, stack, 0, body, 1 + carried.length + i))];
};

function tensorOf(call: HostCall, value: HostValue | undefined): HostTensor {
  if (value?.kind === 'tensor') return value;
  return call.fail('unsupported-type', `a ${value?.kind ?? 'value that is missing'} is not stacked`);
}

/** Tensors joined along a new axis; of none, what the body's output says of type and dimensions. */
function stacked(call: HostCall, all: readonly HostTensor[], axis: number, body: Graph, output: number): HostTensor {
  const first = all[0];
  if (first === undefined) {
    const type = body.outputs[output]?.type;
    if (type?.kind !== 'tensor') return call.fail('bad-value', `output ${output} of the body has no type`);
    const dims = (type.dims ?? []).map((size) => (typeof size === 'number' ? size : 0));
    return hostTensor(type.type, [0, ...dims], []);
  }
  const at = axisOf(call, axis, first.dims.length + 1);
  const wider = all.map((each) => ({ ...each, dims: [...each.dims.slice(0, at), 1, ...each.dims.slice(at)] }));
  return concat(call, wider, at);
}

/** Slice `i` along an axis, which is dropped. */
function sliceAt(call: HostCall, tensor: HostTensor, axis: number, i: number): HostTensor {
  const maps: number[][] = [];
  maps[axis] = [i];
  const { dims, ...rest } = pickAxes(call, tensor, maps);
  return { ...rest, dims: dims.filter((_, j) => j !== axis) };
}

interface ScanSetting {
  readonly body: Graph;
  readonly states: readonly HostValue[];
  readonly scanned: readonly HostTensor[];
  readonly axes: readonly number[];
  readonly backward: readonly number[];
  readonly outputAxes: readonly number[];
  readonly outputBackward: readonly number[];
  /** Iterations. */
  readonly length: number;
}

function scanOnce(call: HostCall, setting: ScanSetting): readonly HostValue[] {
  const { body, scanned, length } = setting;
  let states = setting.states;
  const stacks = body.outputs.slice(states.length).map((): HostTensor[] => []);
  for (let step = 0; step < length; step++) {
    const slices = scanned.map((tensor, i) =>
      sliceAt(call, tensor, setting.axes[i] ?? 0, setting.backward[i] ? length - 1 - step : step),
    );
    const made = call.runGraph(body, [...states, ...slices]);
    states = made.slice(0, states.length);
    stacks.forEach((stack, i) => {
      stack.push(tensorOf(call, made[states.length + i]));
    });
  }
  const outputs = stacks.map((stack, i) => {
    const ordered = setting.outputBackward[i] ? stack.reverse() : stack;
    return stacked(call, ordered, setting.outputAxes[i] ?? 0, body, states.length + i);
  });
  return [...states, ...outputs];
}

const scan: HostOperator = (call) => {
  if (call.opset < 9) return batchedScan(call);
  const body = bodyOf(call, 'body');
  const count = call.int('num_scan_inputs', 0);
  const states = given(call, 0, call.inputs.length - count);
  const scanned = given(call, call.inputs.length - count, call.inputs.length).map((each) => tensorOf(call, each));
  const first = scanned[0] ?? call.fail('bad-value', 'num_scan_inputs is 0');
  const axes = scanned.map(({ dims }, i) => axisOf(call, call.ints('scan_input_axes')?.[i] ?? 0, dims.length));
  const length = first.dims[axes[0]!] ?? call.fail('bad-shape', 'a scalar is not scanned');
  if (scanned.some(({ dims }, i) => dims[axes[i]!] !== length))
    return call.fail('bad-shape', 'the scanned inputs are not of one length');
  return scanOnce(call, {
    body,
    states,
    scanned,
    axes,
    backward: call.ints('scan_input_directions') ?? [],
    outputAxes: call.ints('scan_output_axes') ?? [],
    outputBackward: call.ints('scan_output_directions') ?? [],
    length,
  });
};

/** Operator set 8: axis 0 of all is the batch, axis 1 is scanned, and input 0 gives the length of each sequence. */
function batchedScan(call: HostCall): readonly HostValue[] {
  const body = bodyOf(call, 'body');
  const count = call.int('num_scan_inputs', 0);
  const rest = given(call, 1, call.inputs.length).map((each) => tensorOf(call, each));
  const stateCount = rest.length - count;
  const scanned = rest.slice(stateCount);
  const [batch = 0, most = 0] = scanned[0]?.dims ?? call.fail('bad-value', 'num_scan_inputs is 0');
  const lengths = call.optional(0)?.data ?? new Float64Array(batch).fill(most);
  const runs = Array.from({ length: batch }, (_, i) => {
    const own = rest.map((each) => sliceAt(call, each, 0, i));
    const length = lengths[i] ?? most;
    if (!(length >= 0 && length <= most)) call.fail('bad-value', `a sequence has length ${length}, of ${most}`);
    const made = scanOnce(call, {
      body,
      states: own.slice(0, stateCount),
      scanned: own.slice(stateCount).map((each) => firstRows(call, each, length)),
      axes: [],
      backward: call.ints('directions') ?? [],
      outputAxes: [],
      outputBackward: [],
      length,
    });
    return made.map((each, j) => (j < stateCount ? tensorOf(call, each) : firstRows(call, tensorOf(call, each), most)));
  });
  return body.outputs.map((_, j) =>
    stacked(
      call,
      runs.map((run) => run[j]!),
      0,
      body,
      j,
    ),
  );
}

/** The first rows, followed by zeros where there are fewer. */
function firstRows(call: HostCall, tensor: HostTensor, rows: number): HostTensor {
  const map = Int32Array.from({ length: rows }, (_, i) => (i < tensor.dims[0]! ? i : -1));
  return pickAxes(call, tensor, [map]);
}

export default { If: branch, Loop: loop, Scan: scan } satisfies Readonly<Record<string, HostOperator>>;
