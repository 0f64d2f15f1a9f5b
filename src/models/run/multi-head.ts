/**
 * What host and device share of com.microsoft.MultiHeadAttention, which ONNX Runtime's optimizer makes of exported attention.
 * Source: ONNX Runtime's ContribOperators.md.
 */
import type { Attributes } from './call.js';

/** Inputs of the operator by what they hold. `bias` is that of queries, keys and values in turn. */
export const multiHeadInputs = {
  ...{ query: 0, key: 1, value: 2, bias: 3, padding: 4, scoreBias: 5, pastKey: 6, pastValue: 7 },
} as const;

export interface MultiHeadForm {
  readonly batch: number;
  readonly length: number;
  readonly heads: number;
  /** Features of all heads of a query. */
  readonly features: number;
}

/** Sizes of a call. @param dims of its inputs. @throws ModelRunError for sizes that do not fit, or forms that are not computed. */
export function multiHeadForm(call: Attributes, dims: readonly (readonly number[] | undefined)[]): MultiHeadForm {
  const { query, key, value, bias, padding } = multiHeadInputs;
  const heads = call.int('num_heads', 0);
  const [batch = 0, length = 0, features = 0] = dims[query] ?? [];
  if (dims[query]?.length !== 3 || dims[key] === undefined || dims[value] === undefined)
    call.fail('unsupported-form', 'queries, keys and values in one tensor are not taken apart');
  if (!(heads >= 1) || features % heads !== 0)
    call.fail('bad-shape', `${heads} heads do not divide ${features} features`);
  if (dims[padding] !== undefined || dims.slice(8).some((each) => each !== undefined))
    call.fail('unsupported-form', 'masks of padding and caches with places of their own are not computed');
  const added = dims[bias]?.reduce((product, size) => product * size, 1) ?? 0;
  const values = dims[value]?.length === 3 ? dims[value][2]! : features;
  if (dims[bias] !== undefined && added !== 2 * features + values)
    call.fail('bad-shape', `a bias of [${dims[bias]}] is not one for queries, keys and values`);
  return { batch, length, heads, features };
}
