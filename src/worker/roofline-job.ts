/** Measures the ceilings of the open device with the catalogue's microbenchmarks. */
import type { Ceilings } from '../bench/roofline/ceilings.js';
import { measureCeilings } from '../bench/roofline/measure-ceilings.js';
import { kernels } from '../kernel/catalog.js';
import { failed, type Outcome } from '../kernel/outcome.js';
import type { OnProgress, RooflineRequest } from './api.js';
import type { Context } from './context.js';

/** A software adapter has less to find out, and its visitor less to gain. */
const defaultSeconds = { software: 12, gpu: 20 } as const;

export async function runRoofline(
  context: Context,
  version: string,
  { job, seed, seconds }: RooflineRequest,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Outcome<{ readonly ceilings: Ceilings }>> {
  const { device, pipelines, timer, timerFacts, host, probes, runtime } = context;
  const report = (text: string, fraction: number, secondsLeft: number): void =>
    onProgress({ job, phase: 'time', text, fraction, secondsLeft, rows: [] });
  const ceilings = await measureCeilings({
    device,
    pipelines,
    timer,
    timerFacts,
    host,
    canary: probes.arithmetic,
    kernels,
    runtime,
    version,
    seconds: seconds ?? defaultSeconds[device.adapter.software ? 'software' : 'gpu'],
    seed,
    signal,
    onProgress: report,
  });
  if (!ceilings) return failed('cancelled', 'Cancelled before the ceilings were known; none are kept.');
  report('done', 1, 0);
  return { status: 'ok', ceilings };
}
