/** The page's state in one place: catalogue, device, settings and runs. Elements read it and call its methods. */
import type { Results } from '../bench/results.js';
import type { Shape } from '../kernel/operation.js';
import { errorText, type Failed, failed, type Unsupported } from '../kernel/outcome.js';
import type { DeviceCard, OperationCard, WorkerApi } from '../worker/api.js';
import type { Client } from '../worker/client.js';
import type { ModelsApi, QuantizeApi } from '../worker/models-api.js';
import { ComparisonRuns } from './comparison-runs.js';
import { FirstComparison } from './first-comparison.js';
import { type Equipped, Known, type TunedUse } from './known.js';
import { type Job, kernelsToResume, type Run } from './run.js';
import { defaultSettings, readSettings, requestOf, type Settings, writeSettings } from './settings.js';
import { type Host, SideJobs } from './side-jobs.js';
import { Tuner } from './tune/tuner.js';

export type CatalogState =
  | { readonly status: 'asking' }
  | { readonly status: 'ready'; readonly operations: readonly OperationCard[] }
  | { readonly status: 'failed'; readonly reason: string };

export type DeviceState =
  | { readonly status: 'asking' }
  | { readonly status: 'ready'; readonly card: DeviceCard }
  | Unsupported
  | Failed;

export class Workbench extends EventTarget {
  catalog: CatalogState = { status: 'asking' };
  device: DeviceState = { status: 'asking' };
  settings: Settings = defaultSettings([]);
  /** What could not be followed in the address, one sentence each. */
  addressProblems: readonly string[] = [];
  /** Why nothing was started by itself. */
  waiting: string | undefined;
  /** Whether finished runs are kept in this browser; the reason where they are not. */
  storeProblem: string | undefined;

  /** Sweeps, the laboratory's timing, and jobs that end in no table. */
  readonly side: SideJobs;
  readonly known: Known;
  readonly tuner: Tuner;

  private readonly client: Client;
  private readonly comparisons: ComparisonRuns;
  private readonly first: FirstComparison;
  private dropped: readonly File[] = [];

  constructor(client: Client) {
    super();
    this.client = client;
    this.known = new Known({ changed: () => this.redraw(), source: client.source });
    this.tuner = new Tuner(this);
    const host: Host = {
      changed: () => this.redraw(),
      busy: () => this.running,
      keep: (results) => this.keep(results),
      lost: (refusal) => this.loseDevice(refusal),
    };
    this.side = new SideJobs(client, host);
    this.comparisons = new ComparisonRuns(client, host);
    this.first = new FirstComparison(client);
  }

  /** Catalogue and device; then the first comparison, where the visitor has come to it. */
  async start(): Promise<void> {
    await this.loadCatalog();
    if (this.catalog.status !== 'ready') return;
    this.readAddress();
    await this.openDevice();
    await this.firstRun();
  }

  /** The visitor has come to the comparison: its first result appears without a click, once. */
  visitCompare(): void {
    const opening = this.catalog.status !== 'ready' && !document.hidden;
    if (this.first.visit(opening)) void this.firstRun();
  }

  async loadCatalog(): Promise<void> {
    this.set(() => {
      this.catalog = { status: 'asking' };
    });
    const state = await this.client.catalog().then(
      (operations): CatalogState => ({ status: 'ready', operations }),
      (error: unknown): CatalogState => ({ status: 'failed', reason: errorText(error) }),
    );
    this.set(() => {
      this.catalog = state;
      if (state.status === 'failed') this.device = failed('internal', state.reason);
    });
  }

  /** Obtains the device, again after a loss, and the size that suits it. */
  async openDevice(): Promise<void> {
    this.set(() => {
      this.device = { status: 'asking' };
    });
    const outcome = await this.client.device();
    if (outcome.status === 'ok') await this.known.recall(outcome.card);
    this.set(() => {
      this.device = outcome.status === 'ok' ? { status: 'ready', card: outcome.card } : outcome;
    });
    if (outcome.status === 'ok') await this.suggest();
  }

  private async suggest(): Promise<void> {
    const { operation } = this.settings;
    const suggested = await this.first.suggest(operation);
    if (suggested.status !== 'ok') {
      this.set(() => {
        this.waiting = suggested.reason;
      });
    } else if (this.settings.shape === undefined && this.settings.operation === operation) {
      this.change({ shape: suggested.shape }, 'replace');
    }
  }

  private async firstRun(): Promise<void> {
    const { operation, shape } = this.settings;
    if (shape === undefined || this.run || this.running || this.device.status !== 'ready') return;
    const withinSeconds = this.first.secondsFor(operation, shape);
    if (withinSeconds === undefined) return;
    if (withinSeconds === 'long') {
      this.set(() => {
        this.waiting = 'The address asks for a size that takes long on this device. Press Run when you are ready.';
      });
      return;
    }
    const request = await this.requestNow();
    // A link that asks for care is given it.
    const hurry = this.settings.thoroughness === 'quick' ? { withinSeconds } : {};
    await this.execute(request && { ...request, ...hurry });
  }

  get operation(): OperationCard | undefined {
    return this.operations.find((card) => card.id === this.settings.operation);
  }

  get operations(): readonly OperationCard[] {
    return this.catalog.status === 'ready' ? this.catalog.operations : [];
  }

  /** The comparison on the page. */
  get run(): Run | undefined {
    return this.comparisons.shown;
  }

  /** The job that has the GPU now; there is one at a time, as two would disturb each other's times. */
  get activeJob(): Job | undefined {
    return this.comparisons.running ?? this.side.running;
  }

  get running(): boolean {
    return this.activeJob !== undefined;
  }

  get canRun(): boolean {
    return !this.running && this.device.status === 'ready' && this.settings.shape !== undefined;
  }

  /** The shown numbers belong to other settings than those in the form. */
  get stale(): boolean {
    return this.run !== undefined && this.run.key !== writeSettings(this.settings);
  }

  /** Changes settings and the address; `push` adds a step that the back button returns over. */
  change(part: Partial<Settings>, history: 'push' | 'replace' = 'push'): void {
    const settings = { ...this.settings, ...part };
    const query = writeSettings(settings);
    this.set(() => {
      this.settings = settings;
    });
    if (query === window.location.search) return;
    const url = `${window.location.pathname}${query}${window.location.hash}`;
    if (history === 'push') window.history.pushState(null, '', url);
    else window.history.replaceState(null, '', url);
  }

  /** Another operation: its own kernels and sizes, the rest of the settings as they are. */
  async changeOperation(operation: string): Promise<void> {
    const { seed, distribution, thoroughness, cache, tuned } = this.settings;
    this.settings = { operation, tunables: {}, seed, distribution, thoroughness, cache, tuned };
    this.change({});
    if (this.device.status === 'ready') await this.suggest();
  }

  /** Follows the address: on opening, and on back and forward. */
  readAddress(): void {
    if (this.catalog.status !== 'ready') return;
    const { settings, problems } = readSettings(window.location.search, this.operations);
    this.set(() => {
      this.settings = settings;
      this.addressProblems = problems;
      this.comparisons.recall(writeSettings(settings));
    });
    if (problems.length > 0) this.change({}, 'replace');
    if (settings.shape === undefined && this.device.status === 'ready') void this.suggest();
  }

  /** @param before the run that it goes on with. */
  private async execute(equipped: Equipped | undefined, before?: Run): Promise<void> {
    if (!equipped || this.running) return;
    this.waiting = undefined;
    if (this.run && !before) this.addressProblems = [];
    await this.comparisons.start(equipped, before?.key ?? writeSettings(this.settings), before);
  }

  private loseDevice(refusal: Failed): void {
    this.set(() => {
      this.device = refusal;
    });
  }

  private async keep(results: Results): Promise<void> {
    try {
      const { saveRun } = await import('../store/history.js');
      await saveRun(results);
    } catch (error) {
      this.set(() => {
        this.storeProblem = `This browser did not keep the run (${errorText(error)}). Export it as JSON to keep it.`;
      });
    }
  }

  /** Runs the comparison that the form describes. */
  async runNow(): Promise<void> {
    if (this.canRun) await this.execute(await this.requestNow());
  }

  /** What the form describes, with what is known of the device. */
  private async requestNow(): Promise<Equipped | undefined> {
    const { operation, settings, known } = this;
    const { shape } = settings;
    if (!operation || !shape) return undefined;
    const request = requestOf(settings, operation, shape, this.comparisons.nextJob());
    return known.equip(request, (kernel) => this.wantsTuned(kernel));
  }

  private wantsTuned(kernel: string): boolean {
    return this.settings.tuned && this.settings.tunables[kernel] === undefined;
  }

  /** The tuned values a kernel would run with now, or why those there are do not fit. */
  tunedFor(kernel: string, shape: Shape | undefined): TunedUse | undefined {
    return this.wantsTuned(kernel) ? this.known.tuned(kernel, shape) : undefined;
  }

  /** Goes on after a lost device or a cancelled run, with the kernels that have no answer yet. Once per click. */
  async resume(): Promise<void> {
    const run = this.run;
    if (!run || this.running) return;
    if (this.device.status !== 'ready') await this.openDevice();
    const kernels = kernelsToResume(run);
    if (this.device.status !== 'ready' || kernels.length === 0) return;
    await this.execute({ ...run.request, job: this.comparisons.nextJob(), kernels, tuned: {} }, run);
  }

  async cancel(): Promise<void> {
    await (this.side.running ? this.side.cancel() : this.comparisons.cancel());
  }

  /** For a kernel that does not come back: ends the worker; what was finished stays. */
  async restartWorker(): Promise<void> {
    this.comparisons.stop(stopped);
    this.client.restart(stopped);
    if (this.catalog.status === 'ready') await this.openDevice();
    else await this.start();
  }

  get source(): WorkerApi['source'] {
    return this.client.source;
  }

  get lmul(): Pick<WorkerApi, 'lmulTable' | 'lmulDots'> {
    return this.client;
  }

  get models(): ModelsApi & QuantizeApi {
    return this.client;
  }

  dropFiles(files: readonly File[]): void {
    this.set(() => {
      this.dropped = files;
    });
  }

  /** Files dropped on the page since this was last asked. */
  takeDropped(): readonly File[] {
    const files = this.dropped;
    this.dropped = [];
    return files;
  }

  /** For those who keep a state of their own beside this one. */
  redraw(): void {
    this.set(() => {});
  }

  private set(change: () => void): void {
    change();
    this.dispatchEvent(new Event('change'));
  }
}

const stopped = 'The worker was ended while a kernel was running.';
