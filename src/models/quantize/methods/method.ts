/** Methods by name: how weights are prepared, how they are rounded, and whether the bias makes up for the mean error. */
import { QuantizeError } from '../errors.js';

const roundings = ['nearest', 'gptq', 'gpfq', 'adaround'] as const;
export type Rounding = (typeof roundings)[number];

const preparations = ['smooth', 'hadamard'] as const;
export type Preparation = (typeof preparations)[number];

export interface Method {
  /** e.g. `smooth+gptq+bias`. */
  readonly id: string;
  readonly rounding: Rounding;
  readonly prepare?: Preparation;
  readonly correctBias: boolean;
}

/** What a menu offers; `parseMethod` knows every combination. */
export const methodMenu: readonly (readonly [id: string, title: string])[] = [
  ['nearest', 'Round to nearest'],
  ['bias', 'Round to nearest, bias corrected'],
  ['smooth', 'SmoothQuant-style scaling'],
  ['hadamard', 'Hadamard rotation'],
  ['gptq', 'GPTQ-style error feedback'],
  ['gpfq', 'GPFQ error feedback'],
  ['adaround', 'AdaRound-style rounding'],
];

/**
 * `nearest`, `gptq`, `gpfq` or `adaround`, with `smooth+` or `hadamard+` in front and `+bias` behind; parts may be left out.
 * @throws QuantizeError `unknown-method`
 */
export function parseMethod(id: string): Method {
  const parts = id.split('+');
  const take = <T extends string>(choices: readonly T[]): T | undefined => {
    const found = choices.find((choice) => parts.includes(choice));
    if (found !== undefined) parts.splice(parts.indexOf(found), 1);
    return found;
  };
  const prepare = take(preparations);
  const rounding = take(roundings) ?? 'nearest';
  const correctBias = take(['bias'] as const) !== undefined;
  if (parts.length > 0 || id === '') {
    const known = [...preparations, ...roundings, 'bias'].join(', ');
    throw new QuantizeError(
      'unknown-method',
      `Method "${id.slice(0, 60)}"`,
      `is not known; join parts of ${known} by +`,
    );
  }
  return { id, rounding, correctBias, ...(prepare ? { prepare } : {}) };
}
