/** Groups operations into families by their ids, for pickers and lists; one that none matches stands among the others. */

const families: readonly (readonly [title: string, pattern: RegExp])[] = [
  ['L-Mul', /lmul/],
  ['Microbenchmarks', /^(peak-|copy$)/],
  ['Sparse', /^sp(mm|mv)-/],
  ['Binary, ternary, 2-bit', /binary|ternary|w2a2/],
  ['4-bit and any-bit weights', /int4|anybit/],
  ['8-bit integers', /int8|quantize-packed/],
  ['Convolution and pooling', /^(conv|pool)/],
  ['Element by element', /^(elementwise|select|cast|quantize-linear|dequantize-linear|rotary)/],
  ['Moving data', /copy|gather|scatter|flat-index|pad|resample|unfold/],
  ['Reductions and normalisation', /reduce|softmax|norm|cumulative|top-k/],
  ['Recurrent layers', /^(rnn|lstm|gru)-/],
  ['Integer products', /-i32$/],
  ['Floating point', /f(32|16)/],
];

/** As they stand in lists, from the plainest up. */
const order = [
  'Floating point',
  '8-bit integers',
  '4-bit and any-bit weights',
  'Binary, ternary, 2-bit',
  'Sparse',
  'L-Mul',
  'Convolution and pooling',
  'Integer products',
  'Element by element',
  'Reductions and normalisation',
  'Recurrent layers',
  'Moving data',
  'Others',
  'Microbenchmarks',
];

function familyOf(operation: string): string {
  return families.find(([, pattern]) => pattern.test(operation))?.[0] ?? 'Others';
}

export interface Family<T> {
  readonly title: string;
  readonly members: readonly T[];
}

/** Families that have members, each with its members in the order given. */
export function byFamily<T extends { readonly id: string }>(operations: readonly T[]): readonly Family<T>[] {
  return order.flatMap((title) => {
    const members = operations.filter(({ id }) => familyOf(id) === title);
    return members.length > 0 ? [{ title, members }] : [];
  });
}
