/** Cast, CastLike and reinterpretation of bits. */
import { elementTypeNumbered } from '../../onnx/types.js';
import type { ElementType } from '../../tensor.js';
import type { HostCall, HostOperator } from '../call.js';
import { type CastRules, castTo } from '../cast.js';

/** Element type that an attribute names by its ONNX number; undefined where the attribute is absent. */
export function typeAttribute(call: HostCall, name: string): ElementType | undefined {
  if (!call.has(name)) return undefined;
  const number = call.int(name, 0);
  return (
    elementTypeNumbered(number) ?? call.fail('bad-value', `${name} is ${number}, which stands for no element type`)
  );
}

function rulesOf(call: HostCall): CastRules {
  const mode = call.string('round_mode', 'up');
  if (mode !== 'up' && mode !== 'down' && mode !== 'nearest')
    return call.fail('bad-value', `round_mode is "${mode}", not up, down or nearest`);
  return { saturate: call.int('saturate', 1) === 1, roundMode: mode };
}

const cast: HostOperator = (call) => {
  const type = typeAttribute(call, 'to') ?? call.fail('bad-value', 'lacks the attribute to');
  return [castTo(call, call.input(0), type, rulesOf(call))];
};

export default {
  Cast: cast,
  CastLike: (call) => [castTo(call, call.input(0), call.input(1).type, rulesOf(call))],
} satisfies Readonly<Record<string, HostOperator>>;
