/** MatMulBnb4: NF4 weights stay packed where the kernels know the block, others are decoded to f32 once. */
import { plain } from '../../../../shaders/bmm-f32/operation.js';
import { groupSizes } from '../../../numerics/int4.js';
import { packInt4 } from '../../../numerics/int4-layout.js';
import { elementCount } from '../../tensor.js';
import { type Bnb4Sizes, bnb4Code, bnb4Sizes, bnb4Values } from '../bnb4.js';
import type { BufferRef, DeviceStep, Lower, LowerCall } from '../lowering.js';
import { multiplyInt4 } from './lib/int4.js';
import { multiply } from './lib/product.js';

const matMulBnb4: Lower = (call) => {
  const a = call.input(0);
  if (!call.is(0, 'f32')) return `${a.type} is not multiplied on the device`;
  const [bytes, scales] = [1, 2].map((i) => elementCount(call.input(i).dims)) as [number, number];
  const sizes = bnb4Sizes(call, bytes, scales);
  const { n, k } = sizes;
  if (a.dims.at(-1) !== k) call.fail('bad-shape', `[${a.dims}] has not K = ${k} columns`);
  if (!call.input(1).constant || !call.input(2).constant)
    return 'weights that change from run to run are computed on the host';
  const m = elementCount(a.dims) / k;
  if (m === 0) return 'it is empty';
  const step = packedStep(call, sizes, m) ?? decodedStep(call, sizes, m);
  if (step === undefined) return 'no kernel can run it here';
  return { outputs: [{ type: a.type, dims: [...a.dims.slice(0, -1), n] }], steps: [step] };
};

/** Blocks that end with their rows, of a length that kernels know or in several parts of one. */
function packedStep(call: LowerCall, sizes: Bnb4Sizes, m: number): DeviceStep | undefined {
  const { n, k, block, nf4 } = sizes;
  const groupSize = groupSizes.findLast((size) => block % size === 0);
  if (!nf4 || groupSize === undefined || k % block !== 0) return undefined;
  let made: ReturnType<typeof packInt4> | undefined;
  const pack = (): ReturnType<typeof packInt4> => {
    const [bytes, scales] = tensorsOf(call);
    made ??= packInt4({
      n,
      k,
      groupSize,
      scheme: 'nf4',
      codes: Uint8Array.from({ length: n * k }, (_, i) => bnb4Code(bytes, i)),
      scales: Float32Array.from(
        { length: (n * k) / groupSize },
        (_, i) => scales[Math.floor((i * groupSize) / block)]!,
      ),
      zeroPoints: new Uint8Array((n * k) / groupSize),
    });
    return made;
  };
  return multiplyInt4(
    call,
    { m, n, k, groupSize, scheme: 3 },
    {
      weights: { made: 'words', data: () => pack().words },
      scales: { made: 'scales', data: () => pack().scales },
      zeroPoints: { made: 'zeros', data: () => new Uint32Array(1) },
    },
  );
}

function decodedStep(call: LowerCall, sizes: Bnb4Sizes, m: number): DeviceStep | undefined {
  const { n, k } = sizes;
  const b: BufferRef = { made: 'decoded', data: () => bnb4Values(sizes, ...tensorsOf(call)) };
  return multiply(call, { shape: { ...plain, m, n, k, transB: 2 }, a: { input: 0 }, b, c: { output: 0 } });
}

function tensorsOf(call: LowerCall): [bytes: Float64Array, scales: Float64Array] {
  return [1, 2].map((i) => call.host(i)!.data) as [Float64Array, Float64Array];
}

export default { 'com.microsoft.MatMulBnb4': matMulBnb4 } satisfies Readonly<Record<string, Lower>>;
