/** The first comparison of a visit, which starts by itself: the size that suits the device, and how long it may take. */
import type { Shape } from '../kernel/operation.js';
import type { Outcome } from '../kernel/outcome.js';
import type { Suggestion, WorkerApi } from '../worker/api.js';

/** A link may ask for sizes this many times larger than what suits the device and still start by itself. */
const autoRunFactor = 8;

export class FirstComparison {
  private readonly client: Pick<WorkerApi, 'suggest'>;
  private suggested: ({ readonly operation: string } & Suggestion) | undefined;
  /** When the visitor came to it, ms since the page was asked for. */
  private since: number | undefined;

  constructor(client: Pick<WorkerApi, 'suggest'>) {
    this.client = client;
  }

  /**
   * The visitor has come to the comparison.
   * @param opening by opening the page there, so that they wait since they asked for it.
   * @returns whether they come for the first time.
   */
  visit(opening: boolean): boolean {
    if (this.since !== undefined) return false;
    this.since = opening ? 0 : performance.now();
    return true;
  }

  /** The device is probed once for an operation. */
  async suggest(operation: string): Promise<Outcome<Suggestion>> {
    if (this.suggested?.operation === operation) return { status: 'ok', ...this.suggested };
    const outcome = await this.client.suggest(operation);
    if (outcome.status === 'ok') this.suggested = { ...outcome, operation };
    return outcome;
  }

  /** Seconds in which the verdicts should stand; `long` for a size that is not started by itself; nothing before it is its turn. */
  secondsFor(operation: string, shape: Shape): number | 'long' | undefined {
    const { since, suggested } = this;
    if (since === undefined || suggested?.operation !== operation) return undefined;
    if (volume(shape) > autoRunFactor * volume(suggested.shape)) return 'long';
    return suggested.withinSeconds - (performance.now() - since) / 1000;
  }
}

function volume(shape: Shape): number {
  return Object.values(shape).reduce((product, size) => product * size, 1);
}
