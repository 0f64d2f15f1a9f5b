/** L-Mul products on the catalogue's kernels; convolutions stay on the host. */
import { lmulModes, lmulRoundings } from '../../../numerics/lmul.js';
import { elementCount } from '../../tensor.js';
import { lmulFormat } from '../host/lmul.js';
import type { Lower } from '../lowering.js';

/** Best first. */
const rungs = ['gemm-lmul/panels', 'gemm-lmul/blocked', 'gemm-lmul/direct', 'gemm-lmul/naive'];

const matMul: Lower = (call) => {
  const [a, b] = [call.input(0), call.input(1)];
  if (!call.is(0, 'f32') || !call.is(1, 'f32')) return `${a.type} is not multiplied on the device`;
  if (a.dims.length < 2 || b.dims.length !== 2) return 'only products with one right matrix are computed on the device';
  const [k, n] = b.dims as readonly [number, number];
  const m = elementCount(a.dims.slice(0, -1));
  if (a.dims.at(-1) !== k) call.fail('bad-shape', `[${a.dims}] and [${b.dims}] do not multiply`);
  if (m * n * k === 0) return 'it is empty';
  const { mode, rounding, mantissaBits, offsetBits } = lmulFormat(call);
  const format = {
    mode: lmulModes.indexOf(mode) + 1,
    rounding: lmulRoundings.indexOf(rounding) + 1,
    mantissaBits,
    offsetBits,
  };
  const step = call.step(rungs, { m, n, k, ...format }, { A: { input: 0 }, B: { input: 1 }, C: { output: 0 } });
  if (step === undefined) return 'no kernel can run it here';
  return { outputs: [{ type: a.type, dims: [...a.dims.slice(0, -1), n] }], steps: [step] };
};

export default { 'tilewatt.LmulMatMul': matMul } satisfies Readonly<Record<string, Lower>>;
