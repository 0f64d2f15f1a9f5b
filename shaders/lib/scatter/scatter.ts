/** What operations share that write rows of updates to the places that indices name. */
import type { Dispatch, Scratch } from '../../../src/kernel/kernel.js';
import type { Binding, BufferData, Buffers, ElementType, Parameter } from '../../../src/kernel/operation.js';
import type { Random } from '../../../src/numerics/random.js';
import { grid } from '../grid.js';

export interface ScatterShape {
  readonly [name: string]: number;
  readonly places: number;
  readonly inner: number;
  readonly updates: number;
}

export const scatterParameters: readonly Parameter[] = [
  { name: 'places', about: 'rows of x and y' },
  { name: 'inner', about: 'words of a row' },
  { name: 'updates', about: 'rows of updates' },
];

export function words({ places, inner }: ScatterShape): number {
  return places * inner;
}

export function scatterBindings(element: ElementType): readonly Binding<ScatterShape>[] {
  return [
    { name: 'x', access: 'read', element, length: words, about: 'places × inner' },
    { name: 'at', access: 'read', element: 'i32', length: ({ updates }) => updates, about: 'place of each update' },
    {
      name: 'updates',
      access: 'read',
      element,
      length: ({ updates, inner }) => updates * inner,
      about: 'updates × inner',
    },
    { name: 'y', access: 'read_write', element, length: words, about: 'places × inner' },
  ];
}

/** @param data so many elements of the operation's type. */
export function scatterInputs(shape: ScatterShape, random: Random, data: (count: number) => BufferData): Buffers {
  const { places, updates, inner } = shape;
  return {
    x: data(words(shape)),
    at: Int32Array.from({ length: updates }, () => random.below(places)),
    updates: data(updates * inner),
  };
}

/** The numbers of the updates of each place, in order. */
export function updatesOf(at: ArrayLike<number>): ReadonlyMap<number, readonly number[]> {
  const all = new Map<number, number[]>();
  for (let r = 0; r < at.length; r++) {
    const own = all.get(at[r]!);
    if (own) own.push(r);
    else all.set(at[r]!, [r]);
  }
  return all;
}

/** First and last update of each place. */
export function marks({ shape: { places } }: { readonly shape: ScatterShape }): readonly Scratch[] {
  return [{ name: 'marks', element: 'u32', length: 2 * places }];
}

interface Marked {
  readonly shape: ScatterShape;
  readonly tunables: { readonly threads: number };
}

/** Clears the marks, marks every update's place, then writes every word. */
export function markedDispatch({ shape, tunables: { threads } }: Marked): readonly Dispatch[] {
  const each = (entryPoint: string, count: number): Dispatch => ({
    entryPoint,
    workgroups: grid(Math.ceil(count / threads)),
  });
  return [each('clear', shape.places), each('mark', shape.updates), each('write', words(shape))];
}
