/** Sizes and buffers of matrix products C m×n = A m×k · B k×n. */
import type { Binding, ElementType, Parameter } from '../../src/kernel/operation.js';

export interface GemmShape {
  readonly [name: string]: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

export const gemmParameters: readonly Parameter[] = [
  { name: 'm', about: 'rows of A and C' },
  { name: 'n', about: 'columns of B and C' },
  { name: 'k', about: 'columns of A, rows of B' },
];

export function leftBinding(element: ElementType): Binding<GemmShape> {
  return { name: 'A', access: 'read', element, length: ({ m, k }) => m * k, about: 'm × k, row-major' };
}

export const productBinding: Binding<GemmShape> = {
  name: 'C',
  access: 'read_write',
  element: 'f32',
  length: ({ m, n }) => m * n,
  about: 'm × n, row-major',
};

/** A and B of one type, and C in f32. */
export function gemmBindings(element: ElementType): readonly Binding<GemmShape>[] {
  return [
    leftBinding(element),
    { name: 'B', access: 'read', element, length: ({ n, k }) => k * n, about: 'k × n, row-major' },
    productBinding,
  ];
}
