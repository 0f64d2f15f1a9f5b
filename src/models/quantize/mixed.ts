/** Mixed precision: a scheme for each layer, so that the model fits a budget of bytes and loses least. */
import type { Model } from '../graph.js';
import { QuantizeError } from './errors.js';
import type { Quantized } from './quantize.js';
import { type QuantizeOptions, quantizeModel } from './quantize.js';
import { parseScheme, type Scheme } from './schemes.js';

/** What a layer costs under one scheme. */
export interface Choice {
  readonly scheme: Scheme;
  readonly bytes: number;
  /** Loss that adds up over layers: noise of the output, or a drop of the score; 0 for float. */
  readonly loss: number;
}

export interface LayerChoices {
  readonly name: string;
  readonly choices: readonly Choice[];
}

export interface Allocation {
  /** By layer name. */
  readonly schemes: ReadonlyMap<string, Scheme>;
  readonly bytes: number;
  readonly loss: number;
}

/**
 * Chooses a scheme per layer with the least total loss within a budget.
 * Starts from the smallest form of every layer, then takes the step up with the largest gain per byte along each layer's lower
 * convex hull while it fits; what single steps leave is filled by single exchanges. Every uniform choice that fits is compared
 * too, so the result is never worse than one scheme for all.
 * @param budget bytes of all the layers' weights together.
 * @throws QuantizeError `over-budget` where even the smallest forms are more, saying how many.
 */
export function allocate(layers: readonly LayerChoices[], budget: number): Allocation {
  const sorted = layers.map(({ name, choices }) => ({ name, choices: pareto(name, choices) }));
  const least = sorted.reduce((sum, { choices }) => sum + choices[0]!.bytes, 0);
  if (!(budget >= least))
    throw new QuantizeError(
      'over-budget',
      `A budget of ${budget} bytes`,
      `is less than the ${least} that the smallest forms of all layers take`,
    );
  const candidates = [
    greedy(sorted, budget, hull),
    greedy(sorted, budget, (choices) => choices),
    ...uniform(layers, budget),
  ];
  const best = candidates.map((chosen) => improve(sorted, chosen, budget)).reduce((a, b) => (b.loss < a.loss ? b : a));
  return best;
}

type Chosen = readonly Choice[];

/** Choices that are larger and lose less than the one before; the smallest first. */
function pareto(name: string, choices: readonly Choice[]): readonly Choice[] {
  const bad = choices.find(({ bytes, loss }) => !(bytes >= 0 && loss >= 0));
  if (choices.length === 0 || bad !== undefined)
    throw new QuantizeError('bad-value', `Layer "${name}"`, 'needs choices with bytes and losses of 0 or more');
  const kept: Choice[] = [];
  for (const choice of [...choices].sort((a, b) => a.bytes - b.bytes || a.loss - b.loss)) {
    if (kept.length === 0 || choice.loss < kept.at(-1)!.loss) kept.push(choice);
  }
  return kept;
}

/** The lower convex hull: gains per byte fall along it. */
function hull(choices: readonly Choice[]): readonly Choice[] {
  const kept: Choice[] = [];
  for (const choice of choices) {
    while (kept.length > 1 && slope(kept.at(-2)!, kept.at(-1)!) <= slope(kept.at(-1)!, choice)) kept.pop();
    kept.push(choice);
  }
  return kept;
}

/** Loss that a byte saves between two choices. */
function slope(from: Choice, to: Choice): number {
  return (from.loss - to.loss) / Math.max(1, to.bytes - from.bytes);
}

function greedy(
  layers: readonly LayerChoices[],
  budget: number,
  stepsOf: (choices: readonly Choice[]) => readonly Choice[],
): Chosen {
  const steps = layers.map(({ choices }) => stepsOf(choices));
  const at = steps.map(() => 0);
  let left = budget - steps.reduce((sum, choices) => sum + choices[0]!.bytes, 0);
  for (;;) {
    let best = -1;
    let bestSlope = 0;
    for (const [i, choices] of steps.entries()) {
      const [now, next] = [choices[at[i]!]!, choices[at[i]! + 1]];
      if (next === undefined || next.bytes - now.bytes > left) continue;
      const gain = slope(now, next);
      if (gain > bestSlope) [best, bestSlope] = [i, gain];
    }
    if (best < 0) return steps.map((choices, i) => choices[at[i]!]!);
    left -= steps[best]![at[best]! + 1]!.bytes - steps[best]![at[best]!]!.bytes;
    at[best]!++;
  }
}

/** One scheme for all layers, for each that every layer has and that fits. */
function uniform(layers: readonly LayerChoices[], budget: number): readonly Chosen[] {
  const ids = new Set(layers[0]?.choices.map(({ scheme }) => scheme.id));
  return [...ids].flatMap((id): readonly Chosen[] => {
    const chosen = layers.map(({ choices }) => choices.find(({ scheme }) => scheme.id === id));
    if (chosen.some((choice) => choice === undefined)) return [];
    const all = chosen as Choice[];
    return all.reduce((sum, { bytes }) => sum + bytes, 0) <= budget ? [all] : [];
  });
}

/** Changes one layer, or one up and another down, while that loses less and fits. */
function improve(layers: readonly LayerChoices[], start: Chosen, budget: number): Allocation {
  const chosen = [...start];
  const total = (): number => chosen.reduce((sum, { bytes }) => sum + bytes, 0);
  for (let round = 0, changed = true; changed && round < 100; round++) {
    changed = false;
    for (const [i, { choices }] of layers.entries()) {
      const room = budget - total() + chosen[i]!.bytes;
      const better = choices.filter(({ bytes, loss }) => bytes <= room && loss < chosen[i]!.loss).at(-1);
      if (better !== undefined) [chosen[i], changed] = [better, true];
    }
    if (layers.length <= 200 && exchange(layers, chosen, budget - total())) changed = true;
  }
  return {
    schemes: new Map(layers.map(({ name }, i) => [name, chosen[i]!.scheme])),
    bytes: total(),
    loss: chosen.reduce((sum, { loss }) => sum + loss, 0),
  };
}

function exchange(layers: readonly LayerChoices[], chosen: Choice[], left: number): boolean {
  for (const [i, { choices: ups }] of layers.entries()) {
    for (const [j, { choices: downs }] of layers.entries()) {
      if (i === j) continue;
      for (const up of ups) {
        const gain = chosen[i]!.loss - up.loss;
        if (gain <= 0) continue;
        const needed = up.bytes - chosen[i]!.bytes - left;
        const down = downs.find(
          ({ bytes, loss }) => chosen[j]!.bytes - bytes >= needed && loss - chosen[j]!.loss < gain * (1 - 1e-9),
        );
        if (down === undefined || down === chosen[j]) continue;
        chosen[i] = up;
        chosen[j] = down;
        return true;
      }
    }
  }
  return false;
}

/**
 * Choices of all layers by the noise that each scheme brings into each layer's output, measured one layer at a time.
 * @param loss of a model in which one layer is quantized; it should add up over layers, as a divergence from the float model does.
 */
export async function measureChoices(
  model: Model,
  schemes: readonly Scheme[],
  loss: (quantized: Quantized) => Promise<number>,
  options: QuantizeOptions & { readonly signal?: AbortSignal } = {},
): Promise<readonly LayerChoices[]> {
  const float = quantizeModel(model, parseScheme('f32')).layers.filter(({ op }) => op !== 'Gather');
  const excluded = new Set(options.exclude);
  const result: LayerChoices[] = [];
  for (const { name, before } of float.filter((layer) => !excluded.has(layer.name))) {
    const choices: Choice[] = [{ scheme: parseScheme('f32'), bytes: before, loss: 0 }];
    for (const scheme of schemes) {
      options.signal?.throwIfAborted();
      const others = float.map((layer) => layer.name).filter((other) => other !== name);
      const quantized = quantizeModel(model, scheme, { ...options, exclude: others });
      const report = quantized.layers.find((layer) => layer.name === name)!;
      if (report.scheme !== scheme.id) continue;
      choices.push({ scheme, bytes: report.after, loss: Math.max(0, await loss(quantized)) });
    }
    result.push({ name, choices });
  }
  return result;
}

/** The model under an allocation. */
export function quantizeMixed(model: Model, { schemes }: Allocation, options: QuantizeOptions = {}): Quantized {
  return quantizeModel(model, parseScheme('f32'), { ...options, perLayer: schemes });
}
