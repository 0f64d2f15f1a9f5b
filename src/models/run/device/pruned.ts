/** Products with pruned weights on the sparse kernels, which take the weights from the left. */
import { elementCount } from '../../tensor.js';
import type { Lower } from '../lowering.js';
import { type Pattern, patterns, sparseWeights } from '../pruned-weights.js';
import { Steps } from '../steps.js';

/** Best first, by pattern; one column has rungs of its own. */
const rungs: Readonly<Record<Pattern, { readonly one: readonly string[]; readonly many: readonly string[] }>> = {
  '2:4': {
    one: ['spmm-2-4/gemv', 'spmm-2-4/naive'],
    many: ['spmm-2-4/wide', 'spmm-2-4/naive'],
  },
  block: {
    one: ['spmm-block/naive'],
    many: ['spmm-block/subgroup', 'spmm-block/direct', 'spmm-block/naive'],
  },
};

/** x[…, k] · Wᵀ as (W · xᵀ)ᵀ. */
const prunedMatMul: Lower = (call) => {
  const [x, weight] = [call.input(0), call.input(1)];
  if (!call.is(0, 'f32') || weight.type !== 'f32') return `${x.type} by ${weight.type} is multiplied on the host`;
  if (!weight.constant) return 'its weights are no constants';
  const [n = 0, k = 0] = weight.dims;
  if (weight.dims.length !== 2 || x.dims.at(-1) !== k)
    call.fail('bad-shape', `[${x.dims}] does not meet weights of [${weight.dims}]`);
  const m = elementCount(x.dims) / k;
  if (elementCount(x.dims) * n === 0) return 'it is empty';
  const pattern = patterns.find((each) => each === call.string('pattern', ''));
  if (pattern === undefined) return 'its weights follow no pattern that a kernel knows';
  const { shape, parts } = sparseWeights(Float32Array.from(call.host(1)!.data), { rows: n, columns: k }, pattern);
  const steps = new Steps(call);
  const dims = [...x.dims.slice(0, -1), n];
  const turned = m === 1 ? steps.input(0) : steps.temp([k, m]);
  if (m > 1) steps.copy(steps.input(0), { steps: [1, k] }, turned, { steps: [m, 1] }, [k, m]);
  const product = m === 1 ? steps.output(0, dims) : steps.temp([n, m]);
  const made = Object.fromEntries(Object.entries(parts).map(([name, data]) => [name, { made: name, data }]));
  const size = { m: n, n: m, k, ...shape };
  steps.run(rungs[pattern][m === 1 ? 'one' : 'many'], size, { ...made, X: turned.ref, C: product.ref });
  if (m > 1) steps.copy(product, { steps: [1, m] }, steps.output(0, dims), { steps: [n, 1] }, [m, n]);
  return steps.end([{ type: x.type, dims }]);
};

export default { 'tilewatt.PrunedMatMul': prunedMatMul } satisfies Readonly<Record<string, Lower>>;
