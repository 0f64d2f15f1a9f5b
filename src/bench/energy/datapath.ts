/** Hypothetical hardware: what adders and multipliers alone would take in silicon. Never part of a device's joules. */

export type DatapathOperation =
  | 'int8 add'
  | 'int16 add'
  | 'int32 add'
  | 'int8 multiply'
  | 'int32 multiply'
  | 'fp16 add'
  | 'fp16 multiply'
  | 'bf16 add'
  | 'bf16 multiply'
  | 'fp32 add'
  | 'fp32 multiply';

export interface DatapathTable {
  readonly id: '45nm' | '7nm';
  readonly title: string;
  readonly source: string;
  /** Picojoules per operation. */
  readonly picojoules: Readonly<Partial<Record<DatapathOperation, number>>>;
  /** Figures that were not checked against the source itself. */
  readonly unchecked: readonly DatapathOperation[];
}

export const datapathLabel = 'Hypothetical datapath: arithmetic units alone, not this device';

export const datapathTables: readonly DatapathTable[] = [
  {
    id: '45nm',
    title: '45 nm, 0.9 V',
    source: 'M. Horowitz, "Computing’s energy problem", ISSCC 2014',
    picojoules: {
      'int8 add': 0.03,
      'int16 add': 0.05,
      'int32 add': 0.1,
      'int8 multiply': 0.2,
      'int32 multiply': 3.1,
      'fp16 add': 0.4,
      'fp16 multiply': 1.1,
      'fp32 add': 0.9,
      'fp32 multiply': 3.7,
    },
    unchecked: ['int16 add'],
  },
  {
    id: '7nm',
    title: '7 nm',
    source: 'N. Jouppi et al., "Ten lessons from three generations shaped Google’s TPUv4i", ISCA 2021',
    picojoules: {
      'int8 add': 0.007,
      'int32 add': 0.03,
      'int8 multiply': 0.07,
      'int32 multiply': 1.48,
      'fp16 add': 0.16,
      'fp16 multiply': 0.34,
      'bf16 add': 0.11,
      'bf16 multiply': 0.21,
      'fp32 add': 0.38,
      'fp32 multiply': 1.31,
    },
    unchecked: [
      'int8 add',
      'int32 add',
      'int8 multiply',
      'int32 multiply',
      'fp16 add',
      'fp16 multiply',
      'bf16 add',
      'bf16 multiply',
      'fp32 add',
      'fp32 multiply',
    ],
  },
];

/** One product and its place in a sum, as a unit built for it would do it. */
export const datapathSchemes: Readonly<Record<string, readonly DatapathOperation[]>> = {
  'f32 multiply-add': ['fp32 multiply', 'fp32 add'],
  'L-Mul f32, sum in f32': ['int32 add', 'fp32 add'],
  'f16 multiply, sum in f32': ['fp16 multiply', 'fp32 add'],
  'int8 multiply, sum in int32': ['int8 multiply', 'int32 add'],
};

/** Picojoules of a scheme; undefined where the table lacks one of its operations. */
export function datapathPicojoules(table: DatapathTable, scheme: readonly DatapathOperation[]): number | undefined {
  let sum = 0;
  for (const operation of scheme) {
    const one = table.picojoules[operation];
    if (one === undefined) return undefined;
    sum += one;
  }
  return sum;
}
