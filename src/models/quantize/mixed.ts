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

/** Sums that are carried from layer to layer; more make large models slower and hardly better. */
const mostStates = 4096;

/**
 * Chooses a scheme per layer with the least total loss within a budget: dynamic programming over the sums of bytes and loss that
 * no other sum beats. Exact while there are at most 4096 of them; beyond, only the best of each of so many stretches of bytes is
 * kept. Every uniform choice that fits is compared too, so the result is never worse than one scheme for all.
 * @param budget bytes of all the layers' weights together.
 * @throws QuantizeError `over-budget` where even the smallest forms are more, saying how many.
 */
export function allocate(layers: readonly LayerChoices[], budget: number): Allocation {
  const least = layers.reduce((sum, { name, choices }) => sum + smallest(name, choices), 0);
  if (!(budget >= least)) {
    throw new QuantizeError(
      'over-budget',
      `A budget of ${budget} bytes`,
      `is less than the ${least} that the smallest forms of all layers take`,
    );
  }
  const candidates = [bestOf(layers, budget, least), ...uniform(layers, budget)].map(
    (chosen): Allocation => ({
      schemes: new Map(layers.map(({ name }, i) => [name, chosen[i]!.scheme])),
      bytes: chosen.reduce((sum, { bytes }) => sum + bytes, 0),
      loss: chosen.reduce((sum, { loss }) => sum + loss, 0),
    }),
  );
  return candidates.reduce((a, b) => (b.loss < a.loss ? b : a));
}

type Chosen = readonly Choice[];

function smallest(name: string, choices: readonly Choice[]): number {
  const bad = choices.find(({ bytes, loss }) => !(bytes >= 0 && loss >= 0));
  if (choices.length === 0 || bad !== undefined)
    throw new QuantizeError('bad-value', `Layer "${name}"`, 'needs choices with bytes and losses of 0 or more');
  return Math.min(...choices.map(({ bytes }) => bytes));
}

/** A sum over the layers so far. */
interface State {
  readonly bytes: number;
  readonly loss: number;
  readonly choice?: Choice;
  readonly before?: State;
}

function bestOf(layers: readonly LayerChoices[], budget: number, least: number): Chosen {
  let states: readonly State[] = [{ bytes: 0, loss: 0 }];
  let rest = least;
  for (const { name, choices } of layers) {
    rest -= smallest(name, choices);
    const next = states.flatMap((before) =>
      choices.map(
        (choice): State => ({ bytes: before.bytes + choice.bytes, loss: before.loss + choice.loss, choice, before }),
      ),
    );
    states = unbeaten(
      next.filter(({ bytes }) => bytes <= budget - rest),
      budget / mostStates,
    );
  }
  const chosen: Choice[] = [];
  for (let state = states.at(-1); state?.choice !== undefined; state = state.before) chosen.push(state.choice);
  return chosen.reverse();
}

/** States that are larger and lose less than the one before; where these are too many, one for each stretch of bytes. */
function unbeaten(states: readonly State[], stretch: number): readonly State[] {
  const kept: State[] = [];
  for (const state of [...states].sort((a, b) => a.bytes - b.bytes || a.loss - b.loss)) {
    if (kept.length === 0 || state.loss < kept.at(-1)!.loss) kept.push(state);
  }
  if (kept.length <= mostStates) return kept;
  // The smallest stays, so that the layers to come fit; of each stretch the last loses least.
  return kept.filter(
    ({ bytes }, i) =>
      i === 0 || Math.floor(bytes / stretch) !== Math.floor((kept[i + 1]?.bytes ?? Number.POSITIVE_INFINITY) / stretch),
  );
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
