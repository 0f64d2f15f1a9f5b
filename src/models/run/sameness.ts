/** Whether values and inputs have the form that a plan was made for. */
import type { HostTensor, HostValue } from './values.js';

/** Names and forms of inputs, the same in any order. */
export function signatureOf(inputs: ReadonlyMap<string, HostValue>): string {
  return [...inputs]
    .map(([name, value]) => `${name}:${value.kind === 'tensor' ? `${value.type}[${value.dims}]` : value.kind}`)
    .sort()
    .join(' ');
}

export function sameDims(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((each, i) => each === b[i]);
}

/** The same elements, NaN and signs of zero included. */
export function sameValue(a: HostTensor, b: HostTensor): boolean {
  if (a.type !== b.type || !sameDims(a.dims, b.dims)) return false;
  return (
    a.data.every((each, i) => Object.is(each, b.data[i])) &&
    a.strings?.every((each, i) => each === b.strings?.[i]) !== false
  );
}
