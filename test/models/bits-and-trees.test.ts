/** Bits read anew as another type, and ensembles of decision trees. */
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../src/models/tensor.js';
import { f32 } from '../support/graph.js';
import { first, type PlainAttributes, refusal, tensor } from '../support/host-operator.js';

/** By their numbers in the ONNX format. */
const types = { f32: 1, u8: 2, i8: 3, u16: 4, i32: 6, i64: 7, f16: 10, f64: 11, u64: 13, e4m3: 17, u4: 21, i4: 22 };

describe('BitCast', () => {
  const cast = (to: keyof typeof types, ...input: Parameters<typeof tensor>) => {
    const { type, dims, data } = first('BitCast', [tensor(...input)], { to: types[to] });
    return [type, dims, [...data]];
  };

  it('keeps bits, not values', () => {
    expect(cast('i32', [3], [1, -2, 0])).toEqual(['i32', [3], [0x3f800000, 0xc0000000 | 0, 0]]);
    expect(cast('f32', [2, 1], [0x3f800000, -(2 ** 31)], 'i32')).toEqual(['f32', [2, 1], [1, -0]]);
    expect(cast('i8', [2], [255, 127], 'u8')).toEqual(['i8', [2], [-1, 127]]);
    expect(cast('u16', [2], [1, -2], 'f16')).toEqual(['u16', [2], [0x3c00, 0xc000]]);
    expect(cast('i64', [], [1], 'f64')).toEqual(['i64', [], [0x3ff0000000000000]]);
    expect(cast('u64', [1], [-1], 'i64')).toEqual(['u64', [1], [2 ** 64]]);
  });

  it('reads narrow types by their codes', () => {
    expect(cast('u8', [3], [1, -0, 448], 'e4m3')).toEqual(['u8', [3], [0x38, 0x80, 0x7e]]);
    expect(cast('u4', [3], [-1, 7, -8], 'i4')).toEqual(['u4', [3], [15, 7, 8]]);
    expect(cast('u8', [2], [1, 0], 'bool')).toEqual(['u8', [2], [1, 0]]);
  });

  it('refuses other widths and text', () => {
    expect(refusal('BitCast', [tensor([1], [1])], { to: types.i64 })).toBe('bad-value');
    expect(refusal('BitCast', [tensor([1], [1])], { to: 8 })).toBe('unsupported-type');
  });
});

const u8 = (name: string, values: readonly number[]): Tensor => ({
  ...{ name, type: 'u8', dims: [values.length], bytes: Uint8Array.from(values) },
});

/** Two comparisons below one: four leaves. */
const tree = (given: PlainAttributes = {}): PlainAttributes => ({
  nodes_modes: { tensor: u8('modes', [0, 0, 0]) },
  nodes_splits: { tensor: f32('splits', [3], [3.14, 1.2, 4.2]) },
  nodes_featureids: [0, 0, 0],
  nodes_truenodeids: [1, 0, 1],
  nodes_trueleafs: [0, 1, 1],
  nodes_falsenodeids: [2, 2, 3],
  nodes_falseleafs: [0, 1, 1],
  leaf_targetids: [0, 1, 0, 1],
  leaf_weights: { tensor: f32('weights', [4], [5.25, 12, -12.25, 7.5]) },
  tree_roots: [0],
  n_targets: 2,
  ...given,
});

describe('TreeEnsemble', () => {
  const key = 'ai.onnx.ml.TreeEnsemble';
  const x = tensor([4, 2], [1.1, 0, 3, 0, 4, 0, 9, 0]);
  const made = (attributes: PlainAttributes) => [...first(key, [x], attributes).data];

  it('goes from root to leaf by comparisons', () => {
    expect(made(tree())).toEqual([5.25, 0, -12.25, 0, 0, 12, 0, 7.5]);
  });

  it('joins trees by sum, average or extreme', () => {
    expect(made(tree({ tree_roots: [0, 0] })).slice(0, 2)).toEqual([10.5, 0]);
    expect(made(tree({ tree_roots: [0, 0], aggregate_function: 0 })).slice(0, 2)).toEqual([5.25, 0]);
    expect(made(tree({ tree_roots: [0, 2], aggregate_function: 2 })).slice(0, 2)).toEqual([5.25, 12]);
  });

  it('asks for members of sets', () => {
    const modes = { tensor: u8('modes', [6, 6, 0]) };
    const membership_values = { tensor: f32('members', [5], [9, 4, Number.NaN, 9, Number.NaN]) };
    expect(made(tree({ nodes_modes: modes, membership_values }))).toEqual([0, 12, 0, 12, -12.25, 0, 5.25, 0]);
  });

  it('refuses circles and leaves that do not exist', () => {
    expect(refusal(key, [x], tree({ nodes_truenodeids: [0, 0, 0], nodes_trueleafs: [0, 0, 0] }))).toBe('bad-value');
    expect(refusal(key, [x], tree({ leaf_targetids: [7, 7, 7, 7] }))).toBe('bad-value');
    expect(refusal(key, [x], tree({ post_transform: 4 }))).toBe('unsupported-form');
  });
});
