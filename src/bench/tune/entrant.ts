/** One candidate on its way through a search: unopened, refused, or racing. */
import { mean } from 'simple-statistics';
import { leastPairs } from '../compare.js';
import type { Candidate, Opening } from './contract.js';
import type { TunePoint } from './points.js';
import type { Race, Racer } from './race.js';

export interface Entrant {
  readonly candidate: Candidate;
  opening?: Opening;
  racer?: Racer;
  /** Why it has no racer though it was opened and right. */
  trouble?: string;
}

export function pointOf({ candidate: { tunables }, opening, racer, trouble }: Entrant, race: Race): TunePoint {
  if (!opening) return { tunables, state: 'untried' };
  if (opening.status !== 'ok') return { tunables, state: opening.status, reason: opening.reason };
  if (!racer) return { tunables, state: 'failed', reason: trouble ?? 'it could not be timed' };
  if (!wasTimed(racer)) return { tunables, state: 'untried' };
  const compared = race.againstAnchor(racer);
  const ns = racer.samples.map((sample) => sample.ns);
  const point: TunePoint = {
    tunables,
    state: racer.state,
    ratio: ratioOf(racer, race),
    ns: ns.length === 0 ? racer.firstNs : mean(ns),
    samples: ns.length,
  };
  const ci95 = compared && compared.pairs >= leastPairs ? { ci95: [...compared.ci95] as [number, number] } : {};
  return { ...point, ...ci95, ...(racer.reason === undefined ? {} : { reason: racer.reason }) };
}

/** A search that is cancelled while a candidate warms up has seen nothing of it. */
function wasTimed({ firstNs, samples }: Racer): boolean {
  return firstNs > 0 || samples.length > 0;
}

/** By its samples, or by the first look where it has none; 0 where there was neither. */
export function ratioOf(racer: Racer, race: Race): number {
  if (!wasTimed(racer)) return 0;
  const score = race.score(racer);
  return score > 0 || !race.anchor ? score : race.anchor.firstNs / racer.firstNs;
}

export function close(entrant: Entrant): void {
  if (entrant.opening?.status !== 'ok') return;
  entrant.opening.close();
}
