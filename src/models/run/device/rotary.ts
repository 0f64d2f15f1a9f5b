/** Rotary position embedding: the standard operator, and ONNX Runtime's, which states its positions otherwise. */
import { elementCount } from '../../tensor.js';
import type { BufferRef, Lower, LowerCall } from '../lowering.js';
import { isEmpty, Steps } from '../steps.js';

/** Which inputs are what. */
interface Inputs {
  readonly cosine: number;
  readonly sine: number;
  readonly position: number;
}

/** How rows of the caches are found, as the kernel numbers it; undefined where it does not know. */
function placesOf(call: LowerCall, position: number, batch: number, length: number): number | undefined {
  const given = call.inputs[position];
  if (given === undefined) return 1;
  const count = elementCount(given.dims);
  if (count === batch * length && given.dims.length !== 1) return 3;
  return count === 1 && given.dims.length <= 1 ? 2 : undefined;
}

const rotary =
  ({ cosine, sine, position }: Inputs): Lower =>
  (call) => {
    if (![0, cosine, sine].every((i) => call.is(i, 'f32'))) return 'it is computed in f32 only';
    const { type, dims } = call.input(0);
    const [cos, sin] = [call.input(cosine).dims, call.input(sine).dims];
    const half = cos.at(-1) ?? 0;
    const turned = call.int('rotary_embedding_dim', 0) || 2 * half;
    const flat = dims.length === 3;
    if (!flat && dims.length !== 4) return call.fail('bad-shape', `[${dims}] has not three or four dimensions`);
    const heads = flat ? call.int('num_heads', 0) || Math.floor(dims[2]! / turned) : dims[1]!;
    const [batch, length, size] = [dims[0]!, dims.at(-2)!, flat ? dims[2]! / heads : dims[3]!];
    if (!Number.isInteger(size)) return call.fail('bad-value', `${heads} heads do not divide ${dims[2]} features`);
    if (turned !== 2 * half || turned > size || `${cos}` !== `${sin}`)
      return call.fail('bad-shape', `caches [${cos}] and [${sin}] do not fit ${turned} of ${size} features`);
    if (elementCount(dims) * half === 0) return isEmpty;
    const places = placesOf(call, position, batch, length);
    if (places === undefined) return 'its positions are neither one nor one for each step';
    const shape = {
      ...{ batch, heads, steps: length, size, turned, rows: elementCount(cos.slice(0, -1)), places },
      ...{ arrangement: flat ? 2 : 1, pairing: call.int('interleaved', 0) === 0 ? 1 : 2 },
    };
    const none: BufferRef = { made: 'no position', data: () => new Int32Array(1) };
    const steps = new Steps(call);
    steps.run(['rotary-embedding/naive'], shape, {
      ...{ x: { input: 0 }, cosine: { input: cosine }, sine: { input: sine }, y: { output: 0 } },
      position: places === 1 ? none : { input: position },
    });
    return steps.end([{ type, dims }]);
  };

export default {
  RotaryEmbedding: rotary({ cosine: 1, sine: 2, position: 3 }),
  'com.microsoft.RotaryEmbedding': rotary({ position: 1, cosine: 2, sine: 3 }),
} satisfies Readonly<Record<string, Lower>>;
