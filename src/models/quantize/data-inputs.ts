/** Which array of a data set goes to which input of a model, and the inputs of language models that follow from the tokens. */
import type { Model, Value } from '../graph.js';
import type { ElementType, Tensor } from '../tensor.js';
import type { DataSet } from './data.js';
import { QuantizeError } from './errors.js';

/** What stands in inputs that the data leaves out: every token counts, all are of one segment, and they stand in order. */
const fills = [
  ['ones', /(^|[._/])(attention_?)?mask$/i],
  ['zeros', /(^|[._/])(token_type|segment)_?ids$/i],
  ['positions', /(^|[._/])position_?ids$/i],
] as const;

export type Fill = (typeof fills)[number][0];

/** An input beside the main one. */
export interface OtherFeed {
  readonly input: string;
  readonly type: ElementType;
  /** Of a batch of one. */
  readonly dims: readonly number[];
  /** Where its examples come from: an array of the data, or a rule. */
  readonly from: Tensor | Fill;
}

export interface Assignment {
  /** The set with the array for this input as its own. */
  readonly set: DataSet;
  readonly input: Value;
  readonly others: readonly { readonly input: Value; readonly from: Tensor | Fill }[];
}

/**
 * Arrays go to the inputs they are named after; a single array of any name goes to the first input that no rule fills.
 * @throws QuantizeError `bad-data` naming an input that is left without, or arrays that no input takes.
 */
export function assigned(model: Model, set: DataSet): Assignment {
  const { inputs } = model.graph;
  const arrays = [set.tensor, ...(set.others ?? [])];
  const named = ({ name }: Value): Tensor | undefined => arrays.find((array) => array.name === name);
  const input = inputs.find((each) => named(each)) ?? inputs.find((each) => fillOf(each) === undefined) ?? inputs[0];
  if (input === undefined) throw new QuantizeError('bad-data', set.name, 'cannot be given to a model without inputs');
  const tensor = named(input) ?? (arrays.length === 1 ? set.tensor : undefined);
  const list = (names: readonly string[]): string => names.slice(0, 12).join(', ');
  if (tensor === undefined) {
    const rule = `holds the arrays ${list(arrays.map(({ name }) => name))}; name one "${input.name}", as the model's input is`;
    throw new QuantizeError('bad-data', set.name, rule);
  }
  const [count, ...dims] = tensor.dims as [number, ...number[]];
  const others = inputs
    .filter((each) => each !== input)
    .map((each) => {
      const from = named(each) ?? fillOf(each);
      if (from === undefined) {
        const names = list(inputs.map(({ name }) => name));
        const rule = `has nothing for input "${each.name}"; give a .npz whose arrays are named ${names}`;
        throw new QuantizeError('bad-data', set.name, rule);
      }
      if (typeof from !== 'string' && from.dims[0] !== count) {
        const rule = `holds ${count} examples as "${tensor.name}", but ${from.dims[0] ?? 'none'} as "${from.name}"`;
        throw new QuantizeError('bad-data', set.name, rule);
      }
      return { input: each, from };
    });
  const rest = arrays.filter((array) => array !== tensor);
  const own = { ...set, tensor, count, dims, type: tensor.type, ...(rest.length > 0 ? { others: rest } : {}) };
  return { set: own, input, others };
}

function fillOf({ name }: Value): Fill | undefined {
  return fills.find(([, pattern]) => pattern.test(name))?.[0];
}

/** What stands in inputs that the data leaves out, a sentence for each. */
export function describeFills(others: readonly OtherFeed[]): readonly string[] {
  const words = { ones: 'all ones', zeros: 'all zeros', positions: '0, 1, 2, …' } as const;
  return others.flatMap(({ input, from }) =>
    typeof from === 'string' ? [`Input ${input} is not in the data, so it is ${words[from]}.`] : [],
  );
}
