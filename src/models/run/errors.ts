/** The one error of running a model: which node, and what about it cannot be done. */
import { type Node, nodeTitle } from '../graph.js';

const runFaults = {
  'unsupported-operator': 'no such operator is known here',
  'unsupported-type': 'the operator is not computed for that element type',
  'unsupported-form': 'the operator is known, but not with these attributes or inputs',
  'bad-shape': 'shapes do not fit each other or the operator',
  'bad-value': 'an input or attribute holds what the operator does not allow',
  'missing-input': 'an input of the model was not given',
} as const;

export type RunFault = keyof typeof runFaults;

/** Thrown by planning and running, and turned into an outcome at the session's edge. */
export class ModelRunError extends Error {
  override readonly name = 'ModelRunError';

  readonly code: RunFault;
  /** The node, or what else the sentence is about. */
  readonly place: string;
  /** What follows the place in the message. */
  readonly rule: string;

  /** @param rule what was found and what is asked, without a full stop. */
  constructor(code: RunFault, place: string, rule: string) {
    super(`${place}: ${rule}.`);
    this.code = code;
    this.place = place;
    this.rule = rule;
  }
}

/** What a lowering answers where the device can run none of its kernels; the plan adds why. */
export const noKernel = 'no kernel can run it here';

/** `Conv "conv1"`, or by what the node makes where it has no name: `Conv making "y"`. */
export function placeOf(node: Node): string {
  return node.name === '' && node.outputs[0] ? `${nodeTitle(node)} making "${node.outputs[0]}"` : nodeTitle(node);
}
