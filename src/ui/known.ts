/** What is known of this device from before: ceilings, energy model, tuned values. Kept in the browser, handed to runs. */
import { version } from '../../package.json';
import type { EnergyModel } from '../bench/energy/model.js';
import type { LoadRun, RunsFile } from '../bench/energy/runs.js';
import type { Ceilings } from '../bench/roofline/ceilings.js';
import type { StoredTime } from '../bench/tune/stored.js';
import type { Winner } from '../bench/tune/winners-schema.js';
import type { Shape } from '../kernel/operation.js';
import type { BenchRequest, DeviceCard, WorkerApi } from '../worker/api.js';

/** Tuned values that fit kernel, shape, device and source; or why those there are do not. */
export type TunedUse =
  | { readonly status: 'ok'; readonly winner: Winner }
  | { readonly status: 'stale'; readonly reason: string };

/** A request with the tuned values that went into it. */
export type Equipped = BenchRequest & { readonly tuned: Readonly<Record<string, TunedUse>> };

interface Host {
  readonly changed: () => void;
  readonly source: WorkerApi['source'];
}

/** Where the browser keeps nothing. */
const unkept = 'This browser keeps nothing for this page, so this is gone when the page is closed.';

export class Known {
  ceilings: Ceilings | undefined;
  energy: EnergyModel | undefined;
  /** The two loads as they last ran here, to calibrate by. */
  loads: Readonly<Partial<Record<'fma' | 'copy', LoadRun>>> = {};
  /** Kernels recorded on this adapter, to fit to a power log. */
  runs: RunsFile | undefined;
  /** Of every device and browser. */
  winners: readonly Winner[] = [];
  /** Why what was found last will not be there next time. */
  problem: string | undefined;

  private readonly host: Host;
  private card: DeviceCard | undefined;
  private readonly uses = new Map<string, Promise<TunedUse | undefined>>();
  private readonly found = new Map<string, TunedUse>();

  constructor(host: Host) {
    this.host = host;
  }

  /** Reads what was kept for this adapter and browser. Where nothing can be read, nothing is known. */
  async recall(card: DeviceCard): Promise<void> {
    this.card = card;
    const { adapter, runtime } = card;
    try {
      const [store, { ceilingsKey }] = await Promise.all([
        import('../store/device.js'),
        import('../bench/roofline/ceilings.js'),
      ]);
      const [ceilings, energy, runs, winners] = await Promise.all([
        store.keptCeilings(ceilingsKey({ adapter, runtime, version })),
        store.keptEnergy(adapter),
        store.keptRuns(adapter),
        store.keptWinners(),
      ]);
      this.set({ ceilings, energy, runs, winners });
    } catch {
      this.set({});
    }
  }

  async keepCeilings(ceilings: Ceilings): Promise<void> {
    this.set({ ceilings });
    await this.keep(async () => (await import('../store/device.js')).keepCeilings(ceilings));
  }

  /** Undefined: no joules any more. */
  async keepEnergy(energy: EnergyModel | undefined): Promise<void> {
    const { card } = this;
    if (!card) return;
    this.set({ energy });
    await this.keep(async () => (await import('../store/device.js')).keepEnergy(card.adapter, energy));
  }

  noteLoad(load: 'fma' | 'copy', run: LoadRun): void {
    this.set({ loads: { ...this.loads, [load]: run } });
  }

  async keepRuns(runs: RunsFile): Promise<void> {
    this.set({ runs });
    await this.keep(async () => (await import('../store/device.js')).keepRuns(runs.adapter, runs));
  }

  async keepWinner(winner: Winner): Promise<void> {
    const { mergeWinners } = await import('../bench/tune/winners.js');
    const { points: _, ...known } = winner;
    const schema = 'tilewatt/winners@1' as const;
    const { winners } = mergeWinners({ schema, winners: [known] }, { schema, winners: [...this.winners] });
    this.set({ winners });
    await this.keep(async () => (await import('../store/device.js')).keepWinner(winner));
  }

  async forgetWinner(winner: Winner): Promise<void> {
    this.set({ winners: this.winners.filter((other) => other !== winner) });
    await this.keep(async () => (await import('../store/device.js')).forgetWinner(winner));
  }

  /** What earlier searches of a kernel saw, for the next one to learn from; nothing where it cannot be read. */
  async learned(kernel: string): Promise<readonly Winner[]> {
    const own = this.winners.filter((winner) => winner.kernel === kernel);
    return import('../store/device.js').then(({ withPoints }) => withPoints(own)).catch(() => own);
  }

  /** Times of a kernel in the runs that are kept; nothing where they cannot be read. */
  async stored(kernel: string): Promise<readonly StoredTime[]> {
    try {
      const [{ listRuns }, { timesOf }] = await Promise.all([
        import('../store/history.js'),
        import('../bench/tune/stored.js'),
      ]);
      return (await listRuns()).flatMap(({ results }) => timesOf(results, kernel));
    } catch {
      return [];
    }
  }

  /** Undefined where nothing was tuned for it, or it is still being looked up; then the page is redrawn when it is known. */
  tuned(kernel: string, shape: Shape | undefined): TunedUse | undefined {
    if (!shape || !this.winners.some((winner) => winner.kernel === kernel)) return undefined;
    const key = keyOf(kernel, shape);
    if (!this.uses.has(key)) void this.use(kernel, shape).then((use) => use && this.host.changed());
    return this.found.get(key);
  }

  /** The same, waited for. */
  use(kernel: string, shape: Shape): Promise<TunedUse | undefined> {
    const key = keyOf(kernel, shape);
    const asked = this.uses.get(key) ?? this.lookUp(kernel, shape);
    this.uses.set(key, asked);
    return asked.then((use) => {
      if (use && this.uses.get(key) === asked) this.found.set(key, use);
      return use;
    });
  }

  /** What rows are placed under, and what their joules are estimated by, where known. */
  get extras(): Pick<BenchRequest, 'ceilings' | 'energy'> {
    const { ceilings, energy } = this;
    return { ...(ceilings && { ceilings }), ...(energy && { energy }) };
  }

  /** The request with all that is known here: tuned values for the kernels that want them, ceilings, energy model. */
  async equip(request: BenchRequest, wantsTuned: (kernel: string) => boolean): Promise<Equipped> {
    const tuned: Record<string, TunedUse> = {};
    const kernels = await Promise.all(
      request.kernels.map(async (choice) => {
        const use = wantsTuned(choice.id) ? await this.use(choice.id, request.shape) : undefined;
        if (use) tuned[choice.id] = use;
        return use?.status === 'ok' ? { ...choice, tunables: use.winner.tunables } : choice;
      }),
    );
    return { ...request, kernels, ...this.extras, tuned };
  }

  private async lookUp(kernel: string, shape: Shape): Promise<TunedUse | undefined> {
    const { card, winners } = this;
    if (!card || !winners.some((winner) => winner.kernel === kernel)) return undefined;
    try {
      const { lookUp, sourceHash } = await import('../bench/tune/winners.js');
      const hashOf = async (tunables: Winner['tunables']) => {
        const source = await this.host.source({ id: kernel, tunables }, shape);
        return source.status === 'ok' ? sourceHash(source.code) : '';
      };
      const { adapter, runtime } = card;
      const advice = 'Tune it again on its page; until then its defaults are used.';
      const file = { schema: 'tilewatt/winners@1' as const, winners: [...winners] };
      const use = await lookUp(file, { kernel, shape, adapter, runtime, hashOf, advice });
      return use.status === 'none' ? undefined : use;
    } catch {
      return undefined;
    }
  }

  private async keep(write: () => Promise<void>): Promise<void> {
    const problem = await write().then(
      () => undefined,
      () => unkept,
    );
    this.set({ problem });
  }

  private set(part: Partial<Pick<Known, 'ceilings' | 'energy' | 'loads' | 'runs' | 'winners' | 'problem'>>): void {
    Object.assign(this, part);
    if (part.winners) {
      this.uses.clear();
      this.found.clear();
    }
    this.host.changed();
  }
}

function keyOf(kernel: string, shape: Shape): string {
  return `${kernel} ${JSON.stringify(shape)}`;
}
