/** Which schemes are worth choosing: none beats them in size, time and accuracy at once. */
import { type Candidate, paretoFront, recommend as recommendOne } from '../../models/quantize/pareto.js';
import type { Interval, SchemeRow, SchemesReport } from '../models-api.js';

/** Rows that were scored, held against each other; f32 is the yardstick where it is among them. */
export function recommend(rows: readonly SchemeRow[]): Pick<SchemesReport, 'front' | 'recommendation'> {
  const candidates = rows.flatMap((row, i) => {
    const candidate = candidateOf(row);
    return candidate === undefined ? [] : [{ ...candidate, index: i }];
  });
  if (candidates.length === 0)
    return { front: [], recommendation: 'No scheme was scored, so none can be recommended.' };
  const [only, other] = candidates;
  if (other === undefined) {
    const why = rows.length > 1 ? 'could be scored: why the others were not stands in their rows' : 'was measured';
    const recommendation = `Only ${only!.title} ${why}.`;
    return { front: [only!.index], recommendation };
  }
  const front = paretoFront(candidates) as typeof candidates;
  const { sentence } = recommendOne(candidates, { measure: measureOf(rows) });
  return { front: front.map(({ index }) => index), recommendation: sentence };
}

function candidateOf({
  status,
  scheme,
  title,
  bytes,
  time,
  speed,
  joules,
  ...figures
}: SchemeRow): Candidate | undefined {
  const score = scoreOf(scheme, figures);
  if (status !== 'ok' || bytes === undefined || score === undefined) return undefined;
  const { value, ci95 } = score;
  return {
    id: scheme,
    title,
    bytes,
    accuracy: { value, low: ci95[0], high: ci95[1] },
    ...(time ? { seconds: time.meanMs / 1000 / time.batch } : {}),
    ...(speed ? { speed } : {}),
    ...(joules ? { joules: joules.mid } : {}),
  };
}

function measureOf(rows: readonly SchemeRow[]): string {
  if (rows.some(({ top1 }) => top1)) return 'accuracy';
  return rows.some(({ perplexity }) => perplexity)
    ? 'the mean probability of a token (1 over the perplexity)'
    : 'agreement with the float model';
}

/** Higher is better: accuracy, else the likelihood of a token (1 / perplexity), else agreement with the float model. */
function scoreOf(
  scheme: string,
  { top1, perplexity, agreement }: Pick<SchemeRow, 'top1' | 'perplexity' | 'agreement'>,
): Interval | undefined {
  if (top1) return top1;
  if (perplexity) return { value: 1 / perplexity.value, ci95: [1 / perplexity.ci95[1], 1 / perplexity.ci95[0]] };
  // The float model agrees with itself.
  return agreement ?? (scheme === 'f32' ? { value: 1, ci95: [1, 1] } : undefined);
}
