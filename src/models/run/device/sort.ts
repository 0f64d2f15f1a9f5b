/** The k greatest or least elements along an axis. */
import { elementCount } from '../../tensor.js';
import type { Lower } from '../lowering.js';
import { axisOf } from '../shapes.js';
import { isEmpty, isFloatInput, isIntegerInput, leftToHost, Steps } from '../steps.js';
import { around } from './reduce.js';

/** Elements that one line may be gone through for all of its k: kernels go through it once for each. */
const mostVisits = 2 ** 26;
/** Lines that one invocation goes through as fast as a workgroup. */
const shortLine = 64;

/** k is an attribute before operator set 10. */
const topK: Lower = (call) => {
  const { type, dims } = call.input(0);
  const isFloat = isFloatInput(call, 0);
  if (!isFloat && !isIntegerInput(call, 0)) return leftToHost(type);
  const axis = axisOf(call, call.int('axis', -1), dims.length);
  const k = call.opset < 10 ? call.int('k', 0) : (call.host(1)?.data[0] ?? 0);
  const lines = around(dims, axis);
  if (!(k >= 0 && k <= lines.axis)) return call.fail('bad-value', `k is ${k}, of ${lines.axis} elements`);
  if (k * elementCount(dims) === 0) return isEmpty;
  if (k * lines.axis > mostVisits) return 'so many of so long a line are sorted on the host';
  const out = dims.map((size, i) => (i === axis ? k : size));
  const shape = { k, largest: call.int('largest', 1) === 1 ? 1 : 0, kind: isFloat ? 1 : 2, ...lines };
  const rungs = lines.axis <= shortLine ? ['top-k/naive'] : ['top-k/workgroup', 'top-k/naive'];
  const steps = new Steps(call);
  steps.run(rungs, shape, { x: { input: 0 }, y: { output: 0 }, place: steps.wanted(1, out).ref });
  const values = [
    { type, dims: out },
    { type: 'i64' as const, dims: out },
  ];
  return steps.end(values.slice(0, call.node.outputs.length));
};

export default { TopK: topK } satisfies Readonly<Record<string, Lower>>;
