/** MatMulNBits: 4-bit weights stay packed where a kernel reads their layout, others are decoded to f32 once. */
import { plain } from '../../../../shaders/bmm-f32/operation.js';
import { groupSizes } from '../../../numerics/int4.js';
import { fromMatMulNBits, packInt4 } from '../../../numerics/int4-layout.js';
import { elementCount } from '../../tensor.js';
import type { BufferRef, Lower, LowerCall, Lowering } from '../lowering.js';
import { multiplyInt4 } from './lib/int4.js';
import { multiply } from './lib/product.js';

interface Sizes {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly bits: number;
  readonly block: number;
}

/** Sizes of a call whose weights are constants of plain blocks, or a clause on what is left to the host. */
function sizesOf(call: LowerCall): Sizes | string {
  if (!call.is(0, 'f32')) return `${call.input(0).type} is not multiplied on the device`;
  const [k, n, bits, block] = [call.int('K', 0), call.int('N', 0), call.int('bits', 4), call.int('block_size', 0)];
  const { dims } = call.input(0);
  if (dims.at(-1) !== k) call.fail('bad-shape', `[${dims}] has not K = ${k} columns`);
  const m = elementCount(dims.slice(0, -1));
  if (m * n * k === 0) return 'it is empty';
  if (call.inputs[4] !== undefined) return 'weights in groups by index are computed on the host';
  const fixed = [1, 2, 3, 5].every((i) => call.inputs[i] === undefined || call.input(i).constant);
  if (!fixed) return 'weights that change from run to run are computed on the host';
  checkLengths(call, { m, n, k, bits, block });
  return { m, n, k, bits, block };
}

/** Bytes of the weights, and that there are as many scales and zero points as blocks. */
function checkLengths(call: LowerCall, { n, k, bits, block }: Sizes): void {
  if (!(bits >= 1 && bits <= 8 && block >= 1)) {
    call.fail('bad-value', `${bits} bits in blocks of ${block} are no weights that are known here`);
  }
  const blocks = Math.ceil(k / block);
  const count = (input: number): number => elementCount(call.input(input).dims);
  const bytes = n * blocks * Math.ceil((block * bits) / 8);
  if (count(1) !== bytes)
    call.fail('bad-shape', `weights of [${call.input(1).dims}] are not the ${bytes} bytes of N × K`);
  if (count(2) !== n * blocks) call.fail('bad-shape', `scales of [${call.input(2).dims}] are not one for each block`);
  if (call.inputs[3] === undefined) return;
  const zeros = call.input(3).type === 'u8' ? n * Math.ceil((blocks * bits) / 8) : n * blocks;
  if (count(3) !== zeros) call.fail('bad-shape', `zero points of [${call.input(3).dims}] are not one for each block`);
}

const matMulNBits: Lower = (call) => {
  const sizes = sizesOf(call);
  if (typeof sizes === 'string') return sizes;
  const zeroType = call.inputs[3]?.type;
  const packed = zeroType === undefined || zeroType === 'u8' ? packedStep(call, sizes) : undefined;
  const step = packed ?? decodedStep(call, sizes);
  if (step === undefined) return 'no kernel can run it here';
  const dims = [...call.input(0).dims.slice(0, -1), sizes.n];
  return { outputs: [{ type: call.input(0).type, dims }], steps: [step] } satisfies Lowering;
};

/** A kernel on 4-bit weights: groups that it knows, or larger ones taken as several. */
function packedStep(call: LowerCall, { m, n, k, bits, block }: Sizes) {
  const groupSize = groupSizes.findLast((size) => block % size === 0);
  if (bits !== 4 || groupSize === undefined || k % block !== 0 || call.inputs[5] !== undefined) return undefined;
  const scheme = call.inputs[3] === undefined ? 1 : 2;
  let made: ReturnType<typeof packInt4> | undefined;
  const pack = () => (made ??= packInt4(splitGroups(call, { n, k, block }, groupSize)));
  const weights = {
    weights: { made: 'words', data: () => pack().words },
    scales: { made: 'scales', data: () => pack().scales },
    zeroPoints: { made: 'zeros', data: () => (scheme === 1 ? new Uint32Array(1) : pack().zeroPoints) },
  };
  return multiplyInt4(call, { m, n, k, groupSize, scheme }, weights);
}

/** The weights with each block as block / groupSize groups of the same scale and zero point. */
function splitGroups(call: LowerCall, { n, k, block }: Pick<Sizes, 'n' | 'k' | 'block'>, groupSize: number) {
  const parts = block / groupSize;
  const blocks = k / block;
  const [b, scales, zeros] = [1, 2, 3].map((i) => call.host(i)?.data);
  const zeroAt = (column: number, at: number): number => {
    if (zeros === undefined) return 8;
    const byte = zeros[column * Math.ceil(blocks / 2) + (at >> 1)]!;
    return (byte >> (4 * (at & 1))) & 15;
  };
  const matrix = fromMatMulNBits({
    n,
    k,
    blockSize: groupSize,
    b: Uint8Array.from(b!),
    scales: repeated(scales!, parts),
  });
  return {
    ...matrix,
    scheme: zeros === undefined ? ('symmetric' as const) : ('zero-point' as const),
    zeroPoints: Uint8Array.from({ length: n * blocks * parts }, (_, i) => {
      const at = Math.floor(i / parts);
      return zeroAt(Math.floor(at / blocks), at % blocks);
    }),
  };
}

function repeated(values: ArrayLike<number>, times: number): Float32Array {
  return Float32Array.from({ length: values.length * times }, (_, i) => values[Math.floor(i / times)]!);
}

/** A product with the weights decoded, n × k. */
function decodedStep(call: LowerCall, sizes: Sizes) {
  const { m, n, k } = sizes;
  const bias: { bias?: BufferRef } = call.inputs[5] === undefined ? {} : { bias: { input: 5 } };
  const shape = { ...plain, m, n, k, transB: 2, bias: call.inputs[5] === undefined ? 1 : 3 };
  const b: BufferRef = { made: 'decoded', data: () => decode(call, sizes) };
  return multiply(call, { shape, a: { input: 0 }, b, ...bias, c: { output: 0 } });
}

/** Codes lie in little-endian bits, block after block; the zero point is 2^(bits−1) where it is left out. */
function decode(call: LowerCall, { n, k, bits, block }: Sizes): Float32Array<ArrayBuffer> {
  const [b, scales, zeros] = [1, 2, 3].map((i) => call.host(i)?.data);
  const blocks = Math.ceil(k / block);
  const blockBytes = Math.ceil((block * bits) / 8);
  const zeroBytes = Math.ceil((blocks * bits) / 8);
  const packedZeros = call.inputs[3]?.type === 'u8';
  return Float32Array.from({ length: n * k }, (_, i) => {
    const [row, column] = [Math.floor(i / k), i % k];
    const at = row * blocks + Math.floor(column / block);
    const code = bitsAt(b!, at * blockBytes, (column % block) * bits, bits);
    const packed = zeros && packedZeros ? bitsAt(zeros, row * zeroBytes, (at % blocks) * bits, bits) : undefined;
    const zero = packed ?? zeros?.[at] ?? 2 ** (bits - 1);
    return (code - zero) * scales![at]!;
  });
}

function bitsAt(bytes: ArrayLike<number>, start: number, bit: number, bits: number): number {
  const at = start + (bit >> 3);
  const pair = bytes[at]! | ((bytes[at + 1] ?? 0) << 8);
  return (pair >> (bit & 7)) & (2 ** bits - 1);
}

export default { 'com.microsoft.MatMulNBits': matMulNBits } satisfies Readonly<Record<string, Lower>>;
