/** What operations on two broadcast operands share: everything but their functions. */
import type {
  BufferData,
  Buffers,
  Cost,
  Parameter,
  PickRows,
  Preset,
  Reference,
  Shape,
  Signature,
} from '../../../src/kernel/operation.js';
import type { WgslSource } from '../../../src/kernel/wgsl.js';
import { countOf, placesOf, reachOf, sizeParameters, stepParameters, walk } from '../strided/strided.js';

export interface BinaryShape extends Shape {
  /** Number of the function. */
  readonly f: number;
}

export interface BinaryFunction {
  readonly name: string;
  /** An expression of a and b. */
  readonly wgsl: string;
}

export interface BinaryForm {
  /** In the order of their numbers, the first being 1. */
  readonly functions: readonly BinaryFunction[];
  readonly operand: 'f32' | 'i32';
  readonly result: 'f32' | 'i32';
  /** Functions that the expressions call. */
  readonly helpers?: readonly WgslSource[];
}

/** Sizes and buffers, which follow from the functions. */
export function binarySignature({
  functions,
  operand,
  result,
}: BinaryForm): Pick<Signature<BinaryShape>, 'parameters' | 'valid' | 'bindings'> {
  return {
    parameters: parametersOf(functions),
    valid: ({ f }) => f <= functions.length || `There are ${functions.length} functions, and no ${f}.`,
    bindings: [
      { name: 'A', access: 'read', element: operand, length: (shape) => reachOf(shape, 'a'), about: 'left operands' },
      { name: 'B', access: 'read', element: operand, length: (shape) => reachOf(shape, 'b'), about: 'right operands' },
      { name: 'C', access: 'read_write', element: result, length: countOf, about: 'results, row-major' },
    ],
  };
}

export function binaryCost({ operand }: BinaryForm) {
  return (shape: BinaryShape): Cost => ({
    operations: { [operand === 'f32' ? 'add32' : 'iadd']: countOf(shape) },
    nominal: countOf(shape),
    bytesRead: 4 * (reachOf(shape, 'a') + reachOf(shape, 'b')),
    bytesWritten: 4 * countOf(shape),
  });
}

function parametersOf(functions: readonly BinaryFunction[]): readonly Parameter[] {
  const list = functions.map(({ name }, i) => `${i + 1} ${name}`).join(', ');
  return [
    { name: 'f', about: `function: ${list}` },
    ...sizeParameters,
    ...stepParameters('a', 'A'),
    ...stepParameters('b', 'B'),
  ];
}

/** Brings the pairs of operands that meet into the domain of a function, in place. */
export function intoDomain<Data extends BufferData>(
  shape: BinaryShape,
  operands: { readonly A: Data; readonly B: Data },
  domain: (a: number, b: number) => readonly [number, number] = (a, b) => [a, b],
): Buffers {
  const { A, B } = operands;
  const [a, b] = [placesOf(shape, 'a'), placesOf(shape, 'b')];
  // An operand that is broadcast meets several others, so each is brought into the domain with one of them.
  for (let i = 0; i < a.length; i++) [A[a[i]!], B[b[i]!]] = domain(A[a[i]!]!, B[b[i]!]!) as [number, number];
  return operands;
}

/** The exact results. @param bound largest |computed − exact|; 0 where left out. */
export function binaryAnswer(
  { A, B }: Buffers,
  shape: BinaryShape,
  pick: PickRows,
  exact: (a: number, b: number) => number,
  bound: (a: number, b: number) => number = () => 0,
): readonly Reference[] {
  const rows = pick(countOf(shape));
  const [a, b] = [placesOf(shape, 'a'), placesOf(shape, 'b')];
  const values = Float64Array.from(rows, (i) => exact(A![a[i]!]!, B![b[i]!]!));
  const bounds = Float64Array.from(rows, (i) => bound(A![a[i]!]!, B![b[i]!]!));
  return [{ output: 'C', columns: 1, rows, values, bounds }];
}

/** The shape of a function by number, the operands with these steps. */
export function binaryShape(
  f: number,
  dims: readonly number[],
  a: readonly number[],
  b: readonly number[],
): BinaryShape {
  return { f, ...walk(dims, { a, b }) };
}

/** Every function on a line, and the ways of broadcasting. */
export function binaryCases({ functions }: BinaryForm): readonly BinaryShape[] {
  return [
    binaryShape(1, [1], [0], [0]),
    ...functions.map((_, i) => binaryShape(i + 1, [i % 2 === 0 ? 256 : 257], [1], [1])),
    binaryShape(1, [512], [1], [0]),
    binaryShape(1, [512], [0], [1]),
    binaryShape(1, [7, 65], [65, 1], [0, 1]),
    binaryShape(2, [3, 1, 5, 2, 1, 4], [40, 40, 8, 4, 4, 1], [4, 4, 0, 0, 0, 1]),
    binaryShape(1, [2, 3, 5, 2, 3, 4], [360, 120, 24, 12, 4, 1], [0, 4, 0, 12, 0, 1]),
  ];
}

export const binaryPresets: readonly Preset<BinaryShape>[] = [
  { title: '4 Mi elements', shape: binaryShape(1, [2 ** 22], [1], [1]) },
  { title: 'Bias of 512 on 8192 rows', shape: binaryShape(1, [8192, 512], [512, 1], [0, 1]) },
  { title: 'One per row', shape: binaryShape(3, [8192, 512], [512, 1], [1, 0]) },
];

export const binarySweep: readonly BinaryShape[] = [14, 16, 18, 20, 22, 24].map((power) =>
  binaryShape(1, [2 ** power], [1], [1]),
);

/** Number of a function by name. @throws TypeError for a name that is not in the list. */
export function numberIn(functions: readonly BinaryFunction[], name: string): number {
  const at = functions.findIndex((each) => each.name === name);
  if (at < 0) throw new TypeError(`There is no function "${name}"`);
  return at + 1;
}
