/** Holds quantization schemes against each other on the same data: accuracy first, then times in interleaved rounds. */
import { version } from '../../../package.json';
import { compare } from '../../bench/compare.js';
import { type EnergyModel, estimate } from '../../bench/energy/model.js';
import type { Sample } from '../../bench/sample.js';
import type { Cost } from '../../kernel/operation.js';
import { failed, type Outcome } from '../../kernel/outcome.js';
import { type Batched, batchedSession, type Evaluation, evaluate, type Feed, isLost } from '../../models/evaluate.js';
import type { Model } from '../../models/graph.js';
import type { SessionParts } from '../../models/run/program.js';
import { createModelSession } from '../../models/run/session.js';
import { seededRandom } from '../../numerics/random.js';
import { type Context, environmentOf } from '../context.js';
import type {
  CompareSchemesRequest,
  LayerOutcome,
  OnModelProgress,
  SchemeRow,
  SchemesReport,
  TimeOfRuns,
} from '../models-api.js';
import { feedFor, type ShelvedData, sha256 } from './data.js';
import { isMixed, titleOfMixed } from './mixed-scheme.js';
import { refusalOf } from './open.js';
import { type Made, quantizerOf } from './quantizer.js';
import { recommend } from './recommend.js';
import { timeOf } from './run-job.js';
import { figuresOf } from './scores.js';
import type { ShelvedModel } from './shelf.js';

/** Times are taken in rounds, one batch of every scheme each, until there are so many or a share of the time before is used up. */
const mostRounds = 12;
const leastRounds = 5;
const timingShare = 0.8;

export interface Subject {
  readonly shelved: ShelvedModel;
  readonly model: Model;
  readonly data: ShelvedData;
}

type Comparison = Outcome<{ readonly report: SchemesReport }> & { readonly report?: SchemesReport };

/** A row whose scheme ran, with what its time is taken by. */
interface Entrant {
  readonly index: number;
  readonly batched: Pick<Batched, 'session' | 'batch'>;
  readonly samples: Sample[];
  /** What one batch costs its kernels. */
  cost?: Cost;
}

export async function compareSchemes(
  context: Context,
  { shelved, model, data }: Subject,
  request: CompareSchemesRequest,
  onProgress: OnModelProgress,
  signal: AbortSignal,
): Promise<Comparison> {
  const { device, pipelines, host } = context;
  const parts: SessionParts = { device: device.gpu, facts: device.facts, pipelines };
  const feed = feedFor(model, data);
  const rows: SchemeRow[] = [];
  const entrants: Entrant[] = [];
  const start = host.now();
  const total = request.settings.length + 1;
  const say = (text: string, done: number): void => {
    const fraction = Math.min(1, done / total);
    const spent = (host.now() - start) / 1000;
    const left = fraction > 0.02 ? { secondsLeft: (spent * (1 - fraction)) / fraction } : {};
    onProgress({ job: request.job, text, fraction, rows: [...rows], ...left });
  };
  const report = async (): Promise<SchemesReport> => ({
    rows,
    ...recommend(rows),
    environment: environmentOf(context, version, request.seed),
    model: { name: shelved.file.name, bytes: shelved.file.bytes.length, hash: await sha256([shelved.file.bytes]) },
    data: data.card,
  });

  say('f32: opening', 0);
  const opened = await batchedSession(model, parts, feed, request.batch);
  if (opened.status !== 'ok') return opened;
  const { batched } = opened;
  const sessions = [batched.session];
  const count = (name: string, at: number) => (done: number) =>
    say(
      `${name}: ${done.toLocaleString('en')} of ${feed.count.toLocaleString('en')} items`,
      at + (0.9 * done) / feed.count,
    );
  try {
    const float = await evaluate(batched, feed, { signal, onItems: count('f32', 0) });
    if (float.status !== 'ok') return float;
    const quantized = quantizerOf(batched, parts, feed, signal);
    for (const [i, settings] of request.settings.entries()) {
      if (signal.aborted) return { ...failed('cancelled', cancelled), report: await report() };
      say(`${settings.scheme}: quantizing`, i + 0.9);
      const made = await quantized(settings, (text) => say(`${settings.scheme}: ${text}`, i + 0.9));
      if (signal.aborted) return { ...failed('cancelled', cancelled), report: await report() };
      if (made.status !== 'ok') {
        if (isLost(made)) return { ...made, report: await report() };
        rows.push({
          scheme: settings.scheme,
          title: settings.scheme,
          settings,
          status: made.status,
          reason: made.reason,
        });
        continue;
      }
      const session = settings.scheme === 'f32' ? batched.session : createModelSession(made.quantized.model, parts);
      sessions.push(session);
      const own = { session, batch: batched.batch };
      const outcome = await evaluate(own, feed, { signal, onItems: count(settings.scheme, i + 0.9) });
      if (signal.aborted) return { ...failed('cancelled', cancelled), report: await report() };
      if (outcome.status !== 'ok' && isLost(outcome)) return { ...outcome, report: await report() };
      if (outcome.status === 'ok') entrants.push({ index: rows.length, batched: own, samples: [] });
      else session.destroy();
      rows.push(rowOf(made, outcome, float.evaluation, data, request.seed));
    }
    await timeInRounds(
      entrants,
      feed,
      request.seed,
      (host.now() - start) * timingShare,
      signal,
      (text) => say(text, total - 0.2),
      host.now,
    );
    const float32 = entrants.find(({ index }) => rows[index]!.scheme === 'f32');
    for (const entrant of entrants) {
      const { index, batched: own, samples, cost } = entrant;
      const ms = samples.map(({ ns }) => ns / 1e6);
      const time = timeOf(ms, own.batch);
      const joules = time && cost && request.energy && joulesOf(cost, time, request.energy);
      const speed = float32 && float32 !== entrant ? speedOf(entrant, float32) : undefined;
      if (time) rows[index] = { ...rows[index]!, time, ...(speed && { speed }), ...(joules && { joules }) };
    }
    const whole = await report();
    say('done', total);
    return signal.aborted ? { ...failed('cancelled', cancelled), report: whole } : { status: 'ok', report: whole };
  } catch (error) {
    return { ...refusalOf('comparing schemes', error), report: await report() };
  } finally {
    for (const session of sessions) session.destroy();
  }
}

const cancelled = 'Cancelled: the schemes that were finished are kept.';

function rowOf(
  { quantized, settings }: Made,
  outcome: Outcome<{ readonly evaluation: Evaluation }>,
  float: Evaluation,
  { set, card }: ShelvedData,
  seed: number,
): SchemeRow {
  const { scheme, layers, bytes } = quantized;
  const places = (place: string): number => layers.filter((layer) => layer.place === place).length;
  const mixed = isMixed(settings.scheme);
  const row = {
    scheme: settings.scheme,
    title: mixed ? titleOfMixed(settings.scheme) : scheme.title,
    settings,
    bytes: bytes.after,
    native: places('native'),
    simulated: places('simulated'),
    layers: layerOutcomes(quantized),
  };
  if (outcome.status !== 'ok') return { ...row, status: outcome.status, reason: outcome.reason };
  const { evaluation } = outcome;
  const spoiled = evaluation.outputs.findIndex((value) => !Number.isFinite(value));
  if (spoiled >= 0) {
    const item = Math.floor(spoiled / evaluation.width);
    return { ...row, status: 'wrong', reason: `The output for item ${item} is not finite, so nothing is scored.` };
  }
  const reference = settings.scheme === 'f32' ? undefined : float;
  return { ...row, status: 'ok', ...figuresOf(evaluation, reference, set, card.kind, seed) };
}

/** What became of each layer, in the order of the graph. */
export function layerOutcomes({ layers }: Made['quantized']): readonly LayerOutcome[] {
  return layers.map(({ name, before, after, place, why, weights }) => ({
    name,
    bytesBefore: before,
    bytesAfter: after,
    computed: place,
    why,
    ...(weights ? { sqnr: weights.sqnrDb } : {}),
  }));
}

function joulesOf(cost: Cost, { meanMs }: TimeOfRuns, model: EnergyModel): NonNullable<SchemeRow['joules']> {
  const { lowJ, midJ, highJ } = estimate({ cost, ns: meanMs * 1e6 }, model);
  return { low: lowJ, mid: midJ, high: highJ, tier: model.tier };
}

function speedOf({ samples }: Entrant, float: Entrant): SchemeRow['speed'] {
  const found = compare({ samples, stepNs: 0 }, { samples: float.samples, stepNs: 0 });
  if (!found) return undefined;
  const { ratio, ci95, verdict, pairs } = found;
  return { ratio, ci95, verdict, pairs };
}

/** One batch of every scheme per round, in random order, so that drift of the machine meets all of them alike. */
async function timeInRounds(
  entrants: readonly Entrant[],
  feed: Feed,
  seed: number,
  budgetMs: number,
  signal: AbortSignal,
  say: (text: string) => void,
  now: () => number,
): Promise<void> {
  const random = seededRandom(seed);
  const start = now();
  for (let round = 0; round < mostRounds; round++) {
    if (round >= leastRounds && now() - start > budgetMs) return;
    say(`timing: round ${round + 1} of at most ${mostRounds}`);
    const order = [...entrants];
    for (let i = order.length - 1; i > 0; i--) {
      const k = random.below(i + 1);
      [order[i], order[k]] = [order[k]!, order[i]!];
    }
    for (const entrant of order) {
      const { batched, samples } = entrant;
      if (signal.aborted) return;
      const inputs = feed.batch(0, Math.min(batched.batch, feed.count));
      const before = now();
      const outcome = await batched.session.run(inputs);
      // The first round warms up: plans of the last, shorter batch are made anew.
      if (outcome.status === 'ok' && round > 0) samples.push({ round, ns: (now() - before) * 1e6 });
      if (outcome.status === 'ok') entrant.cost = outcome.run.facts.cost;
    }
  }
}
