/** A quantized model from its quantized layers, in the form that runs here or one that is written to a file. */
import type { Model, Node } from '../graph.js';
import { Activations } from './activation-form.js';
import { biasCodes, biasScales, biasValues, correctedBias } from './bias.js';
import { byteParameters } from './calibrate.js';
import { integerKernel, integerNodes, integerWeight } from './integer-form.js';
import type { Layer } from './layers.js';
import { lmulForms } from './lmul-form.js';
import { prunedMatMul, sparseKernel } from './pruning.js';
import type { QuantizedLayer } from './quantize.js';
import { int, makeNode, Rewrite } from './rewrite.js';
import type { Scheme } from './schemes.js';
import { fitsMatMulNBits, matMulNBits, packedKernel, packedNode, plainWeight, storedWeight } from './stored.js';
import { fitsMatMulBnb4, lookedUpWeight, matMulBnb4 } from './stored-nf4.js';

/**
 * `run`: weights as f32 of the values they stand for, native operators where the device has kernels for them.
 * `qdq`: codes behind DequantizeLinear, NF4 behind a look-up. `nbits`: the same, with MatMulNBits and MatMulBnb4 for 4-bit products.
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

/** The operation whose kernels compute a layer in its format when it runs, or a clause on why it is simulated. */
export function nativeKernel(quantized: QuantizedLayer): { readonly kernel: string } | string {
  const { layer, matrix, scheme } = quantized;
  if (scheme.activations === undefined && scheme.prune === undefined && matrix !== undefined)
    return packedKernel(layer, matrix);
  const kernel = scheme.activations ? integerKernel(quantized) : sparseKernel(quantized);
  return kernel === undefined ? `no kernel of this format serves ${layer.op} of this form` : { kernel };
}

class Builder {
  readonly rewrite: Rewrite;
  readonly plain: string[] = [];
  readonly #form: Form;
  readonly #model: Model;
  readonly #activations: Activations;
  readonly #weights = new Map<string, string>();

  constructor(model: Model, form: Form) {
    this.rewrite = new Rewrite(model);
    this.#activations = new Activations(this.rewrite);
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
    const prepared = this.#activations.prepare(quantized, extra);
    const nodes =
      this.#integers(quantized, prepared, extra) ??
      this.#packed(quantized, prepared) ??
      this.#pruned(quantized, prepared) ??
      this.#plainNode(quantized, prepared, extra);
    if (extra.length > 0) this.rewrite.before(node, extra);
    this.rewrite.replace(node, nodes);
  }

  /** Sums of products of bytes, scaled afterwards. Files hold dynamic products so; they state the others by DequantizeLinear. */
  #integers(quantized: QuantizedLayer, prepared: string, into: Node[]): readonly Node[] | undefined {
    const { layer, matrix, scheme, input } = quantized;
    if (matrix === undefined || integerKernel(quantized) === undefined) return undefined;
    const dynamic = scheme.activations?.kind === 'dynamic';
    if (this.#form !== 'run' && !(dynamic && layer.op !== 'Conv')) return undefined;
    if (!dynamic && input === undefined) return undefined;
    const { rewrite } = this;
    const weight = this.#sharedWeight(quantized, 'integer', () => integerWeight(rewrite, quantized, matrix));
    const ofWeight = `${layer.weightName}_scale`;
    if (dynamic) {
      const [codes, scale, zero] = this.#activations.overOwnRange(prepared, into);
      const scales = rewrite.constant(ofWeight, 'f32', [matrix.rows], matrix.scales.slice());
      const factors = rewrite.fresh(`${layer.node.outputs[0]}_factors`);
      const both = makeNode('Mul', [scale!, scales], [factors]);
      return this.#withBias(quantized, (result) => [
        both,
        ...integerNodes(
          rewrite,
          quantized,
          { codes: codes!, zero: zero!, weight, factors },
          result,
          this.#form === 'run',
        ),
      ]);
    }
    const [codes, , zero] = this.#activations.overRange(prepared, input!, into);
    const { scale } = byteParameters(input!);
    const products = matrix.scales.map((each) => each * scale);
    const factors = rewrite.constant(ofWeight, 'f32', [matrix.rows], products);
    return this.#withBias(quantized, (result) =>
      integerNodes(rewrite, quantized, { codes: codes!, zero: zero!, weight, factors }, result, this.#form === 'run'),
    );
  }

  /** A product with packed weights: ONNX Runtime's operators in files that ask for them, the executor's own when it runs. */
  #packed(quantized: QuantizedLayer, prepared: string): readonly Node[] | undefined {
    const { layer, matrix, scheme } = quantized;
    if (scheme.activations !== undefined || matrix === undefined) return undefined;
    if (this.#form === 'nbits' && fitsMatMulNBits(layer, matrix))
      return this.#withBias(quantized, (result) => [matMulNBits(this.rewrite, layer, matrix, prepared, result)]);
    if (this.#form === 'nbits' && fitsMatMulBnb4(layer, matrix))
      return this.#withBias(quantized, (result) => [matMulBnb4(this.rewrite, layer, matrix, prepared, result)]);
    if (this.#form !== 'run' || typeof nativeKernel(quantized) === 'string') return undefined;
    const node = (result: string, bias?: string) => [packedNode(this.rewrite, layer, matrix, prepared, result, bias)];
    if (layer.op !== 'Conv') return this.#withBias(quantized, node);
    const bias = this.#newBias(quantized);
    return this.#shifted(quantized, bias, (result) => node(result, bias ?? layer.node.inputs[2]));
  }

  #pruned(quantized: QuantizedLayer, prepared: string): readonly Node[] | undefined {
    if (this.#form !== 'run' || sparseKernel(quantized) === undefined) return undefined;
    return this.#withBias(quantized, (result) => [prunedMatMul(this.rewrite, quantized, prepared, result)]);
  }

  /** Nodes that make a product without its bias, and an Add where the layer has or gets one. */
  #withBias(quantized: QuantizedLayer, product: (result: string) => readonly Node[]): readonly Node[] {
    const { layer, shift } = quantized;
    const [output] = layer.node.outputs as readonly [string];
    const nodes: Node[] = [];
    const added =
      layer.op === 'Conv'
        ? this.#addedToWindows(quantized, nodes)
        : ([
            layer.op === 'Gemm' ? layer.node.inputs[2] : undefined,
            shift && this.#channels(`${layer.name}_shift`, layer, shift),
          ].filter(Boolean) as string[]);
    const stages = added.map((_, i) => (i === added.length - 1 ? output : this.rewrite.fresh(`${output}_part`)));
    const start = added.length > 0 ? this.rewrite.fresh(`${output}_product`) : output;
    const sums = added.map((name, i) => makeNode('Add', [stages[i - 1] ?? start, name], [stages[i]!]));
    if (sums.length > 0) this.rewrite.needs(7);
    return [...nodes, ...product(start), ...sums];
  }

  /** The bias of a convolution and its correction, as what is added to images by channels. */
  #addedToWindows(quantized: QuantizedLayer, into: Node[]): readonly string[] {
    const { layer, shift } = quantized;
    const { rewrite } = this;
    const name = layer.node.inputs[2] ?? '';
    const values = biasValues(this.#model, quantized);
    if (values !== undefined || name === '') {
      if (layer.bias !== undefined) rewrite.expendable(layer.bias);
      return values === undefined ? [] : [this.#channels(`${layer.name}_bias`, layer, values)];
    }
    const dims = BigInt64Array.from([-1n, ...layer.dims.slice(2).map(() => 1n)]);
    const shape = rewrite.constant(`${layer.name}_bias_shape`, 'i64', [dims.length], dims);
    const turned = rewrite.fresh(`${layer.name}_bias_channels`);
    into.push(makeNode('Reshape', [name, shape], [turned]));
    return [turned, ...(shift ? [this.#channels(`${layer.name}_shift`, layer, shift)] : [])];
  }

  /** A number for each output channel, shaped to be added to the layer's outputs. */
  #channels(name: string, { op, dims }: Layer, values: Float32Array<ArrayBuffer>): string {
    const spatial = op === 'Conv' || op === 'ConvTranspose' ? dims.slice(2).map(() => 1) : [];
    return this.rewrite.constant(name, 'f32', [values.length, ...spatial], values);
  }

  /** The node itself with other inputs. */
  #plainNode(quantized: QuantizedLayer, prepared: string, into: Node[]): readonly Node[] {
    const { layer } = quantized;
    const { node } = layer;
    const inputs = [...node.inputs];
    const weightAt = node.op === 'Gather' ? 0 : 1;
    if (layer.input !== '') inputs[0] = this.#activations.rounded(quantized, prepared, into);
    inputs[weightAt] = this.#weight(quantized);
    const bias = this.#newBias(quantized);
    if (bias !== undefined) inputs[2] = bias;
    return this.#shifted(quantized, bias, (output) => [{ ...node, inputs, outputs: [output] }]);
  }

  /** What a convolution takes as its bias in place of its own; undefined where that stays, and for other layers. */
  #newBias(quantized: QuantizedLayer): string | undefined {
    const { op, bias } = quantized.layer;
    const made = op === 'Conv' || op === 'ConvTranspose' ? this.#bias(quantized) : undefined;
    if (made !== undefined && bias !== undefined) this.rewrite.expendable(bias);
    return made;
  }

  /** Nodes that make a layer's output, and its correction added where no bias holds it. */
  #shifted(
    { layer, shift }: QuantizedLayer,
    bias: string | undefined,
    make: (output: string) => readonly Node[],
  ): readonly Node[] {
    const [output] = layer.node.outputs as readonly [string];
    if (shift === undefined || bias !== undefined) return make(output);
    const before = this.rewrite.fresh(`${output}_product`);
    return [...make(before), makeNode('Add', [before, this.#channels(`${layer.name}_shift`, layer, shift)], [output])];
  }

  /** The bias of a convolution, corrected, and as INT32 in files with static activations; undefined where it stays. */
  #bias(quantized: QuantizedLayer): string | undefined {
    const { layer, shift } = quantized;
    const scales = biasScales(this.#model, quantized);
    if (shift === undefined && scales === undefined) return undefined;
    if (this.#form === 'run' || scales === undefined) {
      const values = biasValues(this.#model, quantized);
      return values && this.rewrite.constant(`${layer.name}_bias`, 'f32', [layer.rows], values);
    }
    const output = this.rewrite.fresh(`${layer.name}_bias`);
    const codes = biasCodes(correctedBias(this.#model, quantized)!, scales);
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
        const store = matrix.weights.format === 'nf4' ? lookedUpWeight : storedWeight;
        const stored = store(this.rewrite, layer, matrix);
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
}
