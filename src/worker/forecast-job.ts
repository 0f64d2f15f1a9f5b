/** Answers what a shape that was not run should take, from what the caller kept of earlier searches. */
import { type Forecast, forecast } from '../bench/tune/forecast.js';
import { seenBefore, seenInResults } from '../bench/tune/learned.js';
import { spaceOf } from '../bench/tune/space.js';
import { refuseShape } from '../gpu/pipelines.js';
import { failed, type Outcome } from '../kernel/outcome.js';
import type { ForecastRequest } from './api.js';
import type { Context } from './context.js';
import type { TunePlan } from './plan.js';

/** The device says which combinations it allows and which stored searches are its own; nothing runs on it. */
export function runForecast(
  context: Context,
  { kernel, shape }: Omit<TunePlan, 'request'>,
  { known, times = [], energy }: ForecastRequest,
): Outcome<{ readonly forecast: Forecast }> {
  const { device, runtime } = context;
  const { facts, adapter } = device;
  const tooLarge = refuseShape(kernel.computes, shape, facts);
  if (tooLarge) return tooLarge;
  const { candidates, refused } = spaceOf(kernel, shape, facts);
  if (candidates.length === 0) return failed('validation', `No tunables of ${kernel.id} fit: ${refused[0]!.reason}`);
  const here = { adapter, runtime };
  const seen = [...seenInResults(kernel, times, here), ...seenBefore(kernel, known, here)];
  const answer = forecast({ kernel, shape, candidates, seen, energy });
  return 'refusal' in answer ? failed('validation', answer.refusal) : { status: 'ok', ...answer };
}
