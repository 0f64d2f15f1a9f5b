/** The rung of operations that gather: a word per invocation. */
import type { DeviceFacts } from '../../../src/kernel/facts.js';
import type { Variant } from '../../../src/kernel/kernel.js';
import type { WgslSource } from '../../../src/kernel/wgsl.js';
import { fits, lined, threads } from '../strided/dispatch.js';
import main from '../strided/main.wgsl';
import { type GatherShape, gatheredWords } from './gather.js';
import gather from './gather.wgsl';

type Sizes = Variant<GatherShape, 'threads'>;

/** @param indexOf declares `fn indexOf(i: u32) -> u32`, the place of the index that chooses word i. */
export function gatherRung(indexOf: WgslSource) {
  return {
    title: 'Naive',
    rung: 1,
    wgsl: [indexOf, gather, main],
    tunables: { threads },
    valid: (variant: Sizes, facts: DeviceFacts) => fits(variant, facts),
    dispatch: (variant: Sizes) => lined(variant, gatheredWords(variant.shape)),
  };
}
