/** Matrix products. */
import { elementCount } from '../../tensor.js';
import type { Lower } from '../lowering.js';

/** Best first: what a device cannot run is passed over. */
export const gemmRungs = [
  'gemm-f32/subgroup',
  'gemm-f32/direct',
  'gemm-f32/blocked',
  'gemm-f32/tiled',
  'gemm-f32/naive',
];

const matMul: Lower = (call) => {
  const [a, b] = [call.input(0), call.input(1)];
  if (!call.is(0, 'f32') || !call.is(1, 'f32')) return `${a.type} is not multiplied on the device`;
  if (a.dims.length < 2 || b.dims.length !== 2) return 'only products with one right matrix are computed on the device';
  const [k, n] = b.dims as readonly [number, number];
  const m = elementCount(a.dims.slice(0, -1));
  if (a.dims.at(-1) !== k) call.fail('bad-shape', `[${a.dims}] and [${b.dims}] do not multiply`);
  if (m * n * k === 0) return 'it is empty';
  const step = call.step(gemmRungs, { m, n, k }, { A: { input: 0 }, B: { input: 1 }, C: { output: 0 } });
  if (step === undefined) return 'no kernel can run it here';
  return { outputs: [{ type: a.type, dims: [...a.dims.slice(0, -1), n] }], steps: [step] };
};

export default { MatMul: matMul } satisfies Readonly<Record<string, Lower>>;
