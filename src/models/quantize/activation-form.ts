/** Nodes before a quantized layer: its input scaled or rotated, and turned into bytes, once for all layers that take the same. */
import type { Node } from '../graph.js';
import { byteParameters } from './calibrate.js';
import type { Layer } from './layers.js';
import { hadamardMatrix, type Prepared } from './methods/prepare.js';
import type { Range } from './observers.js';
import type { QuantizedLayer } from './quantize.js';
import { makeNode, type Rewrite } from './rewrite.js';

export class Activations {
  readonly rewrite: Rewrite;
  /** Names of what was made, by what was done to which value. */
  readonly #made = new Map<string, readonly string[]>();

  constructor(rewrite: Rewrite) {
    this.rewrite = rewrite;
  }

  /** The layer's input after scaling or rotation. */
  prepare({ layer, prepared }: QuantizedLayer, into: Node[]): string {
    const { input } = layer;
    if (prepared === undefined) return input;
    // A rotation is the same for all layers that share the input; factors are a layer's own.
    const key = prepared.kind === 'hadamard' ? `hadamard ${prepared.size}` : layer.name;
    const outputs = this.#once(`${input}:${key}`, () =>
      prepared.kind === 'smooth' ? this.#scaled(layer, prepared, into) : this.#rotated(input, prepared.size, into),
    );
    return outputs[0]!;
  }

  #scaled(layer: Layer, { factors }: Extract<Prepared, { kind: 'smooth' }>, into: Node[]): string[] {
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
  rounded({ scheme, input }: QuantizedLayer, name: string, into: Node[]): string {
    if (scheme.activations?.kind === 'dynamic') return this.#back(name, this.overOwnRange(name, into), into);
    if (scheme.activations?.kind !== 'static' || input === undefined) return name;
    return this.#back(name, this.overRange(name, input, into), into);
  }

  /** @param coded codes, scale and zero point. */
  #back(name: string, coded: readonly string[], into: Node[]): string {
    return this.#once(`${coded[0]}:back`, () => {
      const output = this.rewrite.fresh(`${name}_rounded`);
      into.push(makeNode('DequantizeLinear', coded, [output]));
      return [output];
    })[0]!;
  }

  /** Codes, scale and zero point of an activation with a range that is known before. */
  overRange(name: string, range: Range, into: Node[]): readonly string[] {
    const { scale, zero } = byteParameters(range);
    return this.#once(`${name}:${scale}:${zero}`, () => {
      const { rewrite } = this;
      const parameters = [
        rewrite.constant(`${name}_scale`, 'f32', [], Float32Array.of(scale)),
        rewrite.constant(`${name}_zero`, 'u8', [], Uint8Array.of(zero)),
      ];
      const codes = rewrite.fresh(`${name}_codes`);
      rewrite.needs(10);
      into.push(makeNode('QuantizeLinear', [name, ...parameters], [codes]));
      return [codes, ...parameters];
    });
  }

  /** The same over the range of each run. */
  overOwnRange(name: string, into: Node[]): readonly string[] {
    return this.#once(`${name}:dynamic`, () => {
      const outputs = ['codes', 'scale', 'zero'].map((what) => this.rewrite.fresh(`${name}_${what}`));
      this.rewrite.needs(11);
      into.push(makeNode('DynamicQuantizeLinear', [name], outputs));
      return outputs;
    });
  }

  #once(key: string, make: () => readonly string[]): readonly string[] {
    const found = this.#made.get(key) ?? make();
    this.#made.set(key, found);
    return found;
  }
}
