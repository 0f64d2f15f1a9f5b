/** The state of the place of models: what is open, what was measured on it, and what went wrong. Elements read it. */
import { errorText, type Failed, failed, type Outcome } from '../../kernel/outcome.js';
import type {
  CompareSchemesRequest,
  DataCard,
  Exported,
  ExportRequest,
  ModelCard,
  QuantizeMenu,
  QuantizeSettings,
  SchemesReport,
} from '../../worker/models-api.js';
import type { ReportFile } from '../../worker/models-report.js';
import type { Work } from '../side-jobs.js';
import type { Workbench } from '../workbench.js';
import { bytesOf } from './given-files.js';
import {
  askAbove,
  asProgress,
  type DataSource,
  type LabState,
  type ModelSource,
  namedSizes,
  nothingMeasured,
  place,
  quantizeSettings,
} from './lab-state.js';
import type { ModelSettings } from './model-settings.js';
import { yardstick } from './scheme-menu.js';

export class ModelLab extends EventTarget implements LabState {
  readonly workbench: Workbench;
  menu: LabState['menu'];
  opening: LabState['opening'];
  sample: LabState['sample'];
  waiting: LabState['waiting'];
  lacking: LabState['lacking'];
  model: LabState['model'];
  data: LabState['data'];
  reading: LabState['reading'];
  rows: LabState['rows'];
  report: LabState['report'];
  reportFrom: LabState['reportFrom'];
  xrays: LabState['xrays'] = new Map();
  exclusions: LabState['exclusions'] = [];
  problems: LabState['problems'] = [];

  constructor(workbench: Workbench) {
    super();
    this.workbench = workbench;
    // What can be pressed here also depends on what else runs.
    workbench.addEventListener('change', () => this.set({}));
  }

  async loadMenu(): Promise<void> {
    const menu = (await this.workbench.models.quantizeMenu().catch(() => undefined)) as
      | QuantizeMenu
      | Failed
      | undefined;
    if (menu && 'schemes' in menu) this.set({ menu });
    else this.fail(menu?.reason ?? 'The list of schemes could not be had from the worker. Reload the page.');
  }

  /** Changes fields and redraws. */
  set(change: Partial<LabState>): void {
    Object.assign(this, change);
    this.dispatchEvent(new Event('change'));
  }

  fail(problem: string): void {
    this.set({ problems: [...this.problems.filter((each) => each !== problem), problem].slice(-6) });
  }

  /** Asks first where the file is large. */
  async offer(source: ModelSource): Promise<boolean> {
    const bytes = [source.model, ...source.companions].reduce((sum, { blob }) => sum + blob.size, 0);
    if (bytes > askAbove) {
      this.set({ waiting: source, problems: [] });
      return false;
    }
    return this.open(source);
  }

  /** A model that is refused leaves the one before open. @returns whether it is open. */
  async open(source: ModelSource): Promise<boolean> {
    this.set({ opening: source.model.name, waiting: undefined, lacking: undefined, problems: [] });
    const outcome = await this.requestOpen(source);
    if (outcome.status !== 'ok') {
      const needsFiles = outcome.status === 'unsupported' && /together with the model/.test(outcome.reason);
      this.set({ opening: undefined, ...(needsFiles ? { lacking: source } : {}) });
      this.fail(outcome.reason);
      return false;
    }
    const before = this.model?.card.id;
    this.set({ opening: undefined, model: { source, card: outcome.card }, ...nothingMeasured, data: undefined });
    if (before !== undefined) void this.workbench.models.closeModel(before);
    return true;
  }

  private async requestOpen({ model, companions }: ModelSource): Promise<Outcome<{ readonly card: ModelCard }>> {
    return this.guarded(async () => {
      const file = await bytesOf(model);
      return this.workbench.models.openModel({ file, companions: await Promise.all(companions.map(bytesOf)) });
    });
  }

  /** What a run would take, told before it is taken; told again where data says more of the sizes. */
  async plan(batch: number): Promise<void> {
    const { model } = this;
    if (!model || model.card.inputs.length === 0 || this.workbench.running) return;
    const named = namedSizes(model.card, this.data?.card);
    const sizes = JSON.stringify({ batch, ...named });
    if (model.memory?.sizes === sizes) return;
    this.set({ model: { ...model, memory: { sizes, plan: model.memory?.plan ?? '' } } });
    const outcome = await this.guarded(() =>
      this.workbench.models.planModel({ model: model.card.id, batch, sizes: named, stacked: true }),
    );
    if (this.model?.card.id !== model.card.id) return;
    const plan = outcome.status === 'ok' ? outcome.memory : outcome.reason;
    this.set({ model: { ...this.model, memory: { sizes, plan } } });
  }

  /** @returns whether the data fits. */
  async readData(source: DataSource): Promise<boolean> {
    const { model } = this;
    if (!model) return false;
    this.set({ reading: source.files[0]?.name, problems: [] });
    let outcome = await this.requestData(model.card.id, source);
    if (isLost(outcome) && (await this.reopen()))
      outcome = await this.requestData((this.model ?? model).card.id, source);
    this.set({ reading: undefined });
    if (outcome.status !== 'ok') {
      this.fail(outcome.reason);
      return false;
    }
    // Another model may have been opened meanwhile.
    if (this.model?.source !== model.source) return false;
    this.set({ data: { source, card: outcome.card }, ...nothingMeasured });
    return true;
  }

  private async requestData(model: string, source: DataSource): Promise<Outcome<{ readonly card: DataCard }>> {
    return this.guarded(async () => {
      const files = await Promise.all(source.files.map(bytesOf));
      const labels = source.labels && (await bytesOf(source.labels));
      const request = {
        model,
        files,
        scaling: source.scaling,
        ...(labels ? { labels } : {}),
        ...(source.limit ? { limit: source.limit } : {}),
      };
      return this.workbench.models.openData(request, ({ text }) => this.set({ reading: text }));
    });
  }

  get ready(): boolean {
    const { workbench, model, data } = this;
    const runs = model !== undefined && model.card.inputs.length > 0 && model.card.unsupported.length === 0;
    return runs && data !== undefined && !workbench.running && workbench.device.status === 'ready';
  }

  /** The model of energy that was chosen for this device, if any. */
  private get energy(): Pick<CompareSchemesRequest, 'energy'> {
    const { energy } = this.workbench.known.extras;
    return energy ? { energy } : {};
  }

  async compare(settings: ModelSettings): Promise<void> {
    if (!this.ready) return;
    const schemes = [yardstick, ...settings.schemes].map((scheme) => quantizeSettings(settings, scheme));
    this.set({ ...nothingMeasured, rows: [], problems: [] });
    const outcome = await this.job((work, model, data) =>
      this.workbench.models.compareSchemes(
        { job: work.job, model, data, settings: schemes, batch: settings.batch, seed: 1, ...this.energy },
        (progress) => {
          if (progress.rows) this.set({ rows: progress.rows });
          work.onProgress(asProgress(progress));
        },
      ),
    );
    const { report } = outcome as { readonly report?: SchemesReport };
    if (report) this.set({ report, rows: report.rows, reportFrom: undefined });
    if (outcome.status !== 'ok') this.fail(outcome.reason);
  }

  async xray(settings: QuantizeSettings, items: number, oneAtATime: boolean): Promise<void> {
    const outcome = await this.job((work, model, data) =>
      this.workbench.models.xray({ job: work.job, model, data, settings, items, oneAtATime, seed: 1 }, (progress) =>
        work.onProgress(asProgress(progress)),
      ),
    );
    if (outcome.status === 'ok') this.set({ xrays: new Map([...this.xrays, [settings.scheme, outcome.report]]) });
    else this.fail(outcome.reason);
  }

  /** Measures a scheme again with some layers left as they are. */
  async exclude(settings: QuantizeSettings, layers: readonly string[], batch: number): Promise<void> {
    const wanted = { ...settings, exclude: layers };
    const outcome = await this.job((work, model, data) =>
      this.workbench.models.compareSchemes(
        { job: work.job, model, data, settings: [{ scheme: yardstick }, wanted], batch, seed: 1, ...this.energy },
        (progress) => work.onProgress(asProgress(progress)),
      ),
    );
    if (outcome.status !== 'ok') return this.fail(outcome.reason);
    const row = outcome.report.rows.at(-1);
    if (!row) return;
    const { scheme } = settings;
    const others = this.exclusions.filter((each) => each.scheme !== scheme || each.count !== layers.length);
    const exclusions = [...others, { scheme, count: layers.length, row }].sort((a, b) => a.count - b.count);
    this.set({ exclusions });
  }

  async quantized(settings: QuantizeSettings, form: ExportRequest['form']): Promise<Exported | undefined> {
    const outcome = await this.job((work, model, data) =>
      this.workbench.models.exportModel({ job: work.job, model, settings, form, data }, (progress) =>
        work.onProgress(asProgress(progress)),
      ),
    );
    if (outcome.status === 'ok') return outcome;
    this.fail(outcome.reason);
    return undefined;
  }

  show(name: string, { report, xrays, exclusions = [] }: ReportFile): void {
    const found = new Map(Object.entries(xrays));
    this.set({ report, rows: report.rows, reportFrom: name, xrays: found, exclusions, problems: [] });
  }

  /** One job with the GPU; where the worker was started anew since, model and data are opened again first. */
  private async job<T extends object>(
    work: (work: Work, model: string, data: string) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    const attempt = (given: Work): Promise<Outcome<T>> =>
      this.guarded(() => work(given, this.model?.card.id ?? '', this.data?.card.id ?? ''));
    return this.workbench.side.alone(place, async (given) => {
      const first = await attempt(given);
      return isLost(first) && (await this.reopen()) ? attempt(given) : first;
    });
  }

  private async reopen(): Promise<boolean> {
    const { model, data } = this;
    const opened = model && (await this.requestOpen(model.source));
    if (!model || opened?.status !== 'ok') return false;
    this.set({ model: { ...model, card: opened.card } });
    if (!data) return true;
    const read = await this.requestData(opened.card.id, data.source);
    if (read.status !== 'ok') return false;
    this.set({ data: { ...data, card: read.card } });
    return true;
  }

  /** What is thrown on the way becomes an outcome like the others. */
  private async guarded<T extends object>(work: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
    try {
      return await work();
    } catch (error) {
      return failed('internal', errorText(error));
    }
  }
}

/** The worker was started anew since model or data were opened. */
function isLost(outcome: Outcome<object>): boolean {
  return outcome.status === 'failed' && /no longer open/.test(outcome.reason);
}

const labs = new WeakMap<Workbench, ModelLab>();

/** The lab of a page: stays while one looks at other places. */
export function labOf(workbench: Workbench): ModelLab {
  const known = labs.get(workbench);
  if (known) return known;
  const made = new ModelLab(workbench);
  labs.set(workbench, made);
  return made;
}
