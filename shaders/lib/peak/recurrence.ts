/** What the microbenchmarks of arithmetic share: n independent recurrences of `steps` steps, several to an invocation. */

import type { DeviceFacts } from '../../../src/kernel/facts.js';
import type { Tunable, Variant } from '../../../src/kernel/kernel.js';
import type {
  Binding,
  BufferData,
  Buffers,
  Cost,
  ElementType,
  Parameter,
  PickRows,
  Preset,
  Reference,
  Signature,
} from '../../../src/kernel/operation.js';
import type { WgslSource } from '../../../src/kernel/wgsl.js';
import type { Random } from '../../../src/numerics/random.js';
import { grid } from '../grid.js';
import { workgroupFits } from '../workgroup-fits.js';

export interface RecurrenceShape {
  readonly [name: string]: number;
  readonly n: number;
  readonly steps: number;
}

/** Recurrences side by side in one vector. */
export const lanes = 4;

/** Steps written out between two tests of the loop. */
const unrolled = 8;

/** As long as every operation here is exact: values grow with the steps. */
const longestRecurrence = 1024;

export const recurrences: Parameter = { name: 'n', about: 'independent recurrences' };

const parameters: readonly Parameter[] = [
  recurrences,
  { name: 'steps', about: `steps of each, at most ${longestRecurrence}` },
];

function validSteps({ steps }: RecurrenceShape): true | string {
  return steps <= longestRecurrence || `Values are exact for at most ${longestRecurrence} steps; raise n instead.`;
}

export const cases: readonly RecurrenceShape[] = [
  { n: 1, steps: 1 },
  { n: 67, steps: 21 },
  { n: 1024, steps: 64 },
  { n: 3001, steps: 7 },
  { n: 130, steps: longestRecurrence },
];

export const presets: readonly Preset<RecurrenceShape>[] = [
  { title: 'Integrated GPU', shape: { n: 2 ** 18, steps: 512 } },
  { title: 'Large GPU', shape: { n: 2 ** 22, steps: 512 } },
];

export const sweep: readonly RecurrenceShape[] = [10, 12, 14, 16, 18, 20, 22].map((power) => ({
  n: 2 ** power,
  steps: 256,
}));

/** Whole vectors: the values past n are computed, but nobody looks at them. */
export function padded(n: number): number {
  return lanes * Math.ceil(n / lanes);
}

/** Of one recurrence. */
export interface RecurrenceForm {
  /** Type of x, of the coefficients and of y. */
  readonly element: ElementType;
  /** Type of y where it is another. */
  readonly result?: ElementType;
  /** Vectors of coefficients. */
  readonly coefficients: number;
  /** Operations of one step. */
  readonly perStep: Cost['operations'];
  /** Operations of one step in the field's count, an fma being two. */
  readonly nominal: number;
}

/** Sizes and buffers of a recurrence. */
export function recurrenceSignature(
  form: RecurrenceForm,
): Pick<Signature<RecurrenceShape>, 'parameters' | 'valid' | 'bindings'> {
  return { parameters, valid: validSteps, bindings: bindings(form) };
}

/** x (read), the coefficients of each lane (read), y (written). */
function bindings({ element, result = element, coefficients }: RecurrenceForm): readonly Binding<RecurrenceShape>[] {
  const padding = 'padded to a multiple of 4';
  return [
    { name: 'x', access: 'read', element, length: ({ n }) => padded(n), about: `n starting values, ${padding}` },
    {
      name: 'coefficients',
      access: 'read',
      element,
      length: () => lanes * coefficients,
      about: `${coefficients} vectors, one value per lane`,
    },
    { name: 'y', access: 'read_write', element: result, length: ({ n }) => padded(n), about: `n results, ${padding}` },
  ];
}

export function recurrenceCost({ element, perStep, nominal }: RecurrenceForm) {
  const bytesPerValue = element === 'f16' ? 2 : 4;
  return ({ n, steps }: RecurrenceShape): Cost => ({
    operations: Object.fromEntries(Object.entries(perStep).map(([kind, count]) => [kind, count * n * steps])),
    nominal: nominal * n * steps,
    bytesRead: bytesPerValue * n,
    bytesWritten: bytesPerValue * n,
  });
}

/** Every result on its own: a row of one column. */
export function scalarRows(
  rows: Uint32Array,
  value: (index: number) => number,
  bound: (index: number) => number = () => 0,
) {
  const columns = 1;
  const values = Float64Array.from(rows, value);
  return [{ output: 'y', columns, rows, values, bounds: Float64Array.from(rows, bound) }];
}

/** Calls `make` for each of n values and leaves the padding at 0. */
export function fill<T extends BufferData>(target: T, n: number, make: () => number): T {
  for (let i = 0; i < n; i++) target[i] = make();
  return target;
}

/** Starting values and two vectors of coefficients, b and c, of any bits. */
export function drawnWords({ n }: RecurrenceShape, random: Random): Buffers {
  const word = (): number => random.below(2 ** 32);
  return {
    coefficients: fill(new Uint32Array(2 * lanes), 2 * lanes, word),
    x: fill(new Uint32Array(padded(n)), n, word),
  };
}

/** What becomes of such words. @param advance one step from s. */
export function wordsAfter(advance: (s: number, b: number, c: number) => number) {
  return ({ x, coefficients }: Buffers, { n, steps }: RecurrenceShape, pick: PickRows): readonly Reference[] =>
    scalarRows(pick(n), (i) => {
      const [b, c] = [coefficients![i % lanes]!, coefficients![lanes + (i % lanes)]!];
      let s = x![i]!;
      for (let step = 0; step < steps; step++) s = advance(s, b, c);
      return s;
    });
}

type Name = 'chains' | 'threads';

const tunables: Readonly<Record<Name, Tunable>> = {
  chains: { values: [1, 2, 4, 8], default: 4, about: 'vectors that one invocation advances in turn' },
  threads: { values: [64, 128, 256], default: 128, about: 'invocations per workgroup' },
};

/**
 * The rung of a recurrence: WGSL that declares bindings, `State`, `Constants` and the functions `constants`, `load`, `step`
 * and `store`, driven by generated code. It is generated so that every chain is a named variable and every step is written
 * out: arrays of accumulators leave the registers, and compilers of WGSL do not unroll.
 */
export function recurrenceRung(step: WgslSource) {
  return {
    rung: 1,
    wgsl: ({ tunables: { chains } }: Variant<RecurrenceShape, Name>) => [step, driver(chains)],
    tunables,
    valid: ({ tunables: { threads } }: Variant<RecurrenceShape, Name>, facts: DeviceFacts): true | string =>
      workgroupFits(threads, facts),
    dispatch: ({ shape: { n }, tunables: { chains, threads } }: Variant<RecurrenceShape, Name>) => [
      { workgroups: grid(Math.ceil(padded(n) / (lanes * chains * threads))) },
    ],
  };
}

function driver(chains: number): WgslSource {
  const each = (line: (chain: number) => string): string =>
    Array.from({ length: chains }, (_, i) => line(i)).join('\n');
  const advance = each((i) => `    s${i} = step(s${i}, k);`);
  const text = `
// Neighbours take neighbouring vectors; an invocation's own vectors are a workgroup apart.
@compute @workgroup_size(THREADS)
fn main(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let first = (group.y * groups.x + group.x) * u32(THREADS * CHAINS) + local;
  let vectors = (shape.n + 3u) / 4u;
  if (first >= vectors) { return; }
  let k = constants();
${each((i) => `  let i${i} = min(first + ${i}u * u32(THREADS), vectors - 1u);\n  var s${i} = load(i${i});`)}
  for (var block = 0u; block < shape.steps / ${unrolled}u; block++) {
${Array.from({ length: unrolled }, () => advance).join('\n')}
  }
  for (var rest = 0u; rest < shape.steps % ${unrolled}u; rest++) {
${advance}
  }
${each((i) => `  store(i${i}, s${i});`)}
}
`;
  return { path: `generated by shaders/lib/peak/recurrence.ts for ${chains} chains`, text: text.trimStart() };
}
