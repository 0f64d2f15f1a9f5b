/** A quantized model from its quantized layers, in the form that runs here or one that is written to a file. */
import type { Model, Node } from '../graph.js';
import { lowerings } from '../run/lowering.js';
import { typedArrayOf } from '../values.js';
import { byteParameters } from './calibrate.js';
import { lmulForms } from './lmul-form.js';
import { hadamardMatrix, type Prepared } from './methods/prepare.js';
import type { QuantizedLayer } from './quantize.js';
import { int, makeNode, Rewrite } from './rewrite.js';
import type { Scheme } from './schemes.js';
import {
  fitsMatMulNBits,
  isPlainGemm,
  matMulNBits,
  packedMatMul,
  packedProduct,
  plainWeight,
  storedWeight,
  turned,
} from './stored.js';

/**
 * `run`: weights as f32 of the values they stand for, native operators where the device has kernels for them.
 * `qdq`: codes behind DequantizeLinear. `nbits`: the same, with MatMulNBits for 4-bit products.
 */
export type Form = 'run' | 'qdq' | 'nbits';

export interface Built {
  readonly model: Model;
  /** Least version of the standard operators that the new nodes need. */
  readonly opset: number;
  /** Layers whose weights the file keeps as f32, because ONNX has no form for them. */
  readonly plain: readonly string[];
}

export function build(model: Model, layers: readonly QuantizedLayer[], scheme: Scheme, form: Form): Built {
  const builder = new Builder(model, form);
  for (const layer of layers) builder.add(layer);
  if (scheme.lmul !== undefined) lmulForms(model, layers, scheme.lmul, builder.rewrite);
  return { model: builder.rewrite.finish(), opset: builder.rewrite.opset, plain: builder.plain };
}

/** The kernels or operator of its format that compute a layer when it runs, undefined where it is simulated. */
export function nativeKernel(quantized: QuantizedLayer): string | undefined {
  const { layer, matrix, scheme } = quantized;
  if (isIntegerProduct(quantized)) return lowerings.has('MatMulInteger') ? 'MatMulInteger' : undefined;
  if (scheme.activations !== undefined || !lowerings.has('tilewatt.QuantizedMatMul')) return undefined;
  return packedProduct(layer, matrix)?.kernel;
}

/** Dynamic INT8 of a plain product, which is summed in integers. */
function isIntegerProduct({ layer, matrix, scheme }: QuantizedLayer): boolean {
  if (scheme.activations?.kind !== 'dynamic' || matrix?.weights.format !== 'int8' || !matrix.weights.symmetric)
    return false;
  const product = layer.op === 'MatMul' ? layer.dims.length === 2 : isPlainGemm(layer);
  return product && matrix.groupSize === matrix.columns;
}

class Builder {
  readonly rewrite: Rewrite;
  readonly plain: string[] = [];
  readonly #form: Form;
  readonly #model: Model;
  /** Quantized activations by what was done to which value. */
  readonly #inputs = new Map<string, readonly string[]>();
  readonly #weights = new Map<string, string>();

  constructor(model: Model, form: Form) {
    this.rewrite = new Rewrite(model);
    this.#form = form;
    this.#model = model;
  }

  add(quantized: QuantizedLayer): void {
    const { layer, scheme } = quantized;
    if (scheme.lmul !== undefined || quantized.weights === undefined) return;
    this.rewrite.expendable(
      layer.weightName,
      ...layer.wrapping.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]),
    );
    const { node } = layer;
    const extra: Node[] = [];
    const prepared = this.#prepare(quantized, extra);
    const nodes =
      this.#integerProduct(quantized, prepared, extra) ??
      this.#packed(quantized, prepared) ??
      this.#plainNode(quantized, prepared, extra);
    if (extra.length > 0) this.rewrite.before(node, extra);
    this.rewrite.replace(node, nodes);
  }

  /** The layer's input after scaling or rotation. */
  #prepare({ layer, prepared }: QuantizedLayer, into: Node[]): string {
    const { input } = layer;
    if (prepared === undefined) return input;
    // A rotation is the same for all layers that share the input; factors are a layer's own.
    const key = prepared.kind === 'hadamard' ? `hadamard ${prepared.size}` : layer.name;
    const outputs = this.#once(`${input}:${key}`, () =>
      prepared.kind === 'smooth' ? this.#scaled(layer, prepared, into) : this.#rotated(input, prepared.size, into),
    );
    return outputs[0]!;
  }

  #scaled(layer: QuantizedLayer['layer'], { factors }: Extract<Prepared, { kind: 'smooth' }>, into: Node[]): string[] {
    const spatial = layer.op === 'Conv' ? layer.dims.length - 2 : 0;
    const dims = [...(spatial > 0 ? [1] : []), factors.length, ...new Array<number>(spatial).fill(1)];
    const inverse = this.rewrite.constant(
      `${layer.input}_smoothing`,
      'f32',
      dims,
      factors.map((factor) => 1 / factor),
    );
    const output = this.rewrite.fresh(`${layer.input}_smoothed`);
    this.rewrite.needs(7);
    into.push(makeNode('Mul', [layer.input, inverse], [output]));
    return [output];
  }

  /** Rows of `size` neighbours times the Hadamard matrix, whatever the rank. */
  #rotated(input: string, size: number, into: Node[]): string[] {
    const { rewrite } = this;
    const [shape, rows, product, output] = ['shape', 'rows', 'product', 'rotated'].map((what) =>
      rewrite.fresh(`${input}_${what}`),
    );
    const split = rewrite.constant(`${input}_split`, 'i64', [2], BigInt64Array.of(-1n, BigInt(size)));
    const hadamard = rewrite.constant(`${input}_hadamard`, 'f32', [size, size], hadamardMatrix(size));
    into.push(
      makeNode('Shape', [input], [shape!]),
      makeNode('Reshape', [input, split], [rows!]),
      makeNode('MatMul', [rows!, hadamard], [product!]),
      makeNode('Reshape', [product!, shape!], [output!]),
    );
    return [output!];
  }

  /** What the node takes as its activation: rounded to bytes and back where the scheme says so. */
  #activation({ scheme, input }: QuantizedLayer, name: string, into: Node[]): string {
    if (scheme.activations?.kind === 'dynamic') {
      const [codes, scale, zero] = this.#dynamic(name, into);
      return this.#once(`${name}:back`, () => {
        const output = this.rewrite.fresh(`${name}_rounded`);
        into.push(makeNode('DequantizeLinear', [codes!, scale!, zero!], [output]));
        return [output];
      })[0]!;
    }
    if (scheme.activations?.kind !== 'static' || input === undefined) return name;
    const { scale, zero } = byteParameters(input);
    return this.#once(`${name}:${scale}:${zero}`, () => {
      const { rewrite } = this;
      const parameters = [
        rewrite.constant(`${name}_scale`, 'f32', [], Float32Array.of(scale)),
        rewrite.constant(`${name}_zero`, 'u8', [], Uint8Array.of(zero)),
      ];
      const [codes, output] = [rewrite.fresh(`${name}_codes`), rewrite.fresh(`${name}_rounded`)];
      rewrite.needs(10);
      into.push(makeNode('QuantizeLinear', [name, ...parameters], [codes]));
      into.push(makeNode('DequantizeLinear', [codes, ...parameters], [output]));
      return [output];
    })[0]!;
  }

  #dynamic(name: string, into: Node[]): readonly string[] {
    return this.#once(`${name}:dynamic`, () => {
      const outputs = ['codes', 'scale', 'zero'].map((what) => this.rewrite.fresh(`${name}_${what}`));
      this.rewrite.needs(11);
      into.push(makeNode('DynamicQuantizeLinear', [name], outputs));
      return outputs;
    });
  }

  /** Sum of products of bytes, scaled afterwards: dynamic INT8 of plain products. */
  #integerProduct(quantized: QuantizedLayer, prepared: string, into: Node[]): readonly Node[] | undefined {
    const { layer, matrix } = quantized;
    if (matrix === undefined || !isIntegerProduct(quantized)) return undefined;
    const { rewrite } = this;
    const [codes, scale, zero] = this.#dynamic(prepared, into);
    const { rows, columns } = matrix;
    const weight = this.#sharedWeight(quantized, 'integer', () =>
      rewrite.constant(
        `${layer.weightName}_codes`,
        'i8',
        [columns, rows],
        Int8Array.from(turned(matrix.codes, rows, columns)),
      ),
    );
    const scales = rewrite.constant(`${layer.weightName}_scale`, 'f32', [rows], matrix.scales.slice());
    const [output] = layer.node.outputs as readonly [string];
    const names = ['sums', 'floats', 'factors'].map((what) => rewrite.fresh(`${output}_${what}`));
    const [sums, floats, factors] = names as [string, string, string];
    return this.#withBias(quantized, (result) => [
      makeNode('MatMulInteger', [codes!, weight, zero!], [sums]),
      makeNode('Cast', [sums], [floats], { to: int(1) }),
      makeNode('Mul', [scale!, scales], [factors]),
      makeNode('Mul', [floats, factors], [result]),
    ]);
  }

  /** A product with packed weights: MatMulNBits in files that ask for it, the executor's own operator when it runs. */
  #packed(quantized: QuantizedLayer, prepared: string): readonly Node[] | undefined {
    const { layer, matrix, scheme } = quantized;
    if (scheme.activations !== undefined || matrix === undefined) return undefined;
    if (this.#form === 'nbits' && fitsMatMulNBits(layer, matrix))
      return this.#withBias(quantized, (result) => [matMulNBits(this.rewrite, layer, matrix, prepared, result)]);
    if (this.#form !== 'run' || nativeKernel(quantized) === undefined) return undefined;
    return this.#withBias(quantized, (result) => [packedMatMul(this.rewrite, layer, matrix, prepared, result)]);
  }

  /** Nodes that make a product without its bias, and an Add where the layer has or gets one. */
  #withBias({ layer, shift }: QuantizedLayer, product: (result: string) => readonly Node[]): readonly Node[] {
    const [output] = layer.node.outputs as readonly [string];
    const added = [layer.op === 'Gemm' ? layer.node.inputs[2] : undefined, this.#shiftConstant(layer, shift)].filter(
      Boolean,
    ) as string[];
    const stages = added.map((_, i) => (i === added.length - 1 ? output : this.rewrite.fresh(`${output}_part`)));
    const start = added.length > 0 ? this.rewrite.fresh(`${output}_product`) : output;
    const sums = added.map((name, i) => makeNode('Add', [stages[i - 1] ?? start, name], [stages[i]!]));
    if (sums.length > 0) this.rewrite.needs(7);
    return [...product(start), ...sums];
  }

  #shiftConstant(layer: QuantizedLayer['layer'], shift: Float32Array<ArrayBuffer> | undefined): string | undefined {
    return shift && this.rewrite.constant(`${layer.name}_shift`, 'f32', [shift.length], shift);
  }

  /** The node itself with other inputs. */
  #plainNode(quantized: QuantizedLayer, prepared: string, into: Node[]): readonly Node[] {
    const { layer, shift } = quantized;
    const { node } = layer;
    const inputs = [...node.inputs];
    const weightAt = node.op === 'Gather' ? 0 : 1;
    if (layer.input !== '') inputs[0] = this.#activation(quantized, prepared, into);
    inputs[weightAt] = this.#weight(quantized);
    const conv = layer.op === 'Conv' || layer.op === 'ConvTranspose';
    if (conv) {
      const bias = this.#bias(quantized);
      if (bias !== undefined) {
        inputs[2] = bias;
        if (layer.bias !== undefined) this.rewrite.expendable(layer.bias);
      }
    }
    if (shift === undefined || conv) return [{ ...node, inputs }];
    const [output] = node.outputs as readonly [string];
    const before = this.rewrite.fresh(`${output}_product`);
    return [
      { ...node, inputs, outputs: [before] },
      makeNode('Add', [before, this.#shiftConstant(layer, shift)!], [output]),
    ];
  }

  /** The bias of a convolution, corrected, and as INT32 in files with static activations; undefined where it stays. */
  #bias({ layer, shift, scheme, input, matrix }: QuantizedLayer): string | undefined {
    const old = layer.bias === undefined ? undefined : this.#model.graph.initializers.get(layer.bias);
    if (old !== undefined && old.type !== 'f32') return undefined;
    const values =
      old === undefined ? new Float32Array(layer.rows) : Float32Array.from(typedArrayOf({ ...old, type: 'f32' }));
    shift?.forEach((each, row) => {
      values[row]! += each;
    });
    const coded = scheme.activations?.kind === 'static' && input !== undefined && matrix?.weights.format === 'int8';
    if (!coded || old === undefined || matrix.groupSize !== matrix.columns) {
      return shift && this.rewrite.constant(`${layer.name}_bias`, 'f32', [layer.rows], values);
    }
    const scales = matrix.scales.map((scale) => Math.fround(scale * byteParameters(input).scale));
    const most = 2 ** 31 - 1;
    const codes = Int32Array.from(values, (value, row) =>
      Math.min(most, Math.max(-most, Math.round(value / scales[row]!))),
    );
    if (this.#form === 'run') {
      const rounded = Float32Array.from(codes, (code, row) => code * scales[row]!);
      return this.rewrite.constant(`${layer.name}_bias`, 'f32', [layer.rows], rounded);
    }
    const output = this.rewrite.fresh(`${layer.name}_bias`);
    const inputs = [
      this.rewrite.constant(`${layer.name}_bias_codes`, 'i32', [layer.rows], codes),
      this.rewrite.constant(`${layer.name}_bias_scale`, 'f32', [layer.rows], scales),
    ];
    this.rewrite.needs(13);
    this.rewrite.first(makeNode('DequantizeLinear', inputs, [output], { axis: int(0) }));
    return output;
  }

  #weight(quantized: QuantizedLayer): string {
    const { layer, matrix, weights } = quantized;
    return this.#sharedWeight(quantized, 'value', () => {
      if (this.#form !== 'run' && matrix !== undefined) {
        const stored = storedWeight(this.rewrite, layer, matrix);
        if (stored !== undefined) return stored;
        this.plain.push(layer.name);
      }
      return plainWeight(this.rewrite, layer, weights!.data);
    });
  }

  /** Layers that share a weight and what is done to it share the result. */
  #sharedWeight({ layer, scheme, method, prepared }: QuantizedLayer, what: string, make: () => string): string {
    const own = method.rounding !== 'nearest' || prepared !== undefined;
    const key = [layer.weightName, layer.op, layer.channelAxis, scheme.id, what, own ? layer.name : ''].join('\0');
    const found = this.#weights.get(key);
    if (found !== undefined) return found;
    const name = make();
    this.#weights.set(key, name);
    return name;
  }

  #once(key: string, make: () => readonly string[]): readonly string[] {
    const found = this.#inputs.get(key) ?? make();
    this.#inputs.set(key, found);
    return found;
  }
}
