/** What the place of models holds: the model, its data, what was measured, and how these become requests. */
import type {
  DataCard,
  MemoryPlan,
  ModelCard,
  ModelProgress,
  QuantizeMenu,
  QuantizeSettings,
  Scaling,
  SchemeRow,
  SchemesReport,
  XrayReport,
} from '../../worker/models-api.js';
import type { Exclusion } from '../../worker/models-report.js';
import type { Given } from './given-files.js';
import type { ModelSettings } from './model-settings.js';
import { yardstick } from './scheme-menu.js';

export const place = 'models';

/** Numbers as they stand in the file. */
export const asGiven: Scaling = { kind: '0…255' };

export interface ModelSource {
  readonly model: Given;
  readonly companions: readonly Given[];
}

export interface DataSource {
  /** One array, or images. */
  readonly files: readonly Given[];
  readonly labels?: Given;
  readonly scaling: Scaling;
  readonly limit?: number;
}

export interface OpenModel {
  readonly source: ModelSource;
  readonly card: ModelCard;
  /** What a run would take at the sizes it was asked for, as JSON, or why that is not known. */
  readonly memory?: { readonly sizes: string; readonly plan: MemoryPlan | string };
}

export interface OpenData {
  readonly source: DataSource;
  readonly card: DataCard;
}

/** Files from here on are opened only after they have been agreed to. */
export const askAbove = 64 * 2 ** 20;

export interface LabState {
  /** What can be chosen; undefined until the worker has said it. */
  menu: QuantizeMenu | undefined;
  opening: string | undefined;
  /** Id of the sample that is open, so that coming back to it keeps what was measured. */
  sample: string | undefined;
  /** A file too large to be opened without asking. */
  waiting: ModelSource | undefined;
  /** A model that needs more files, which were not given with it. */
  lacking: ModelSource | undefined;
  model: OpenModel | undefined;
  data: OpenData | undefined;
  /** How far the data is read that is being read. */
  reading: string | undefined;
  rows: readonly SchemeRow[] | undefined;
  report: SchemesReport | undefined;
  /** Name of the file that the report was read from, where it was. */
  reportFrom: string | undefined;
  xrays: ReadonlyMap<string, XrayReport>;
  exclusions: readonly Exclusion[];
  /** One sentence each; what was there before stays. */
  problems: readonly string[];
}

export const nothingMeasured = {
  rows: undefined,
  report: undefined,
  reportFrom: undefined,
  xrays: new Map<string, XrayReport>(),
  exclusions: [],
} as const;

/** Values of the named dimensions of the first input, as the data has them. */
export function namedSizes({ inputs }: ModelCard, data: DataCard | undefined): Readonly<Record<string, number>> {
  const dims = inputs[0]?.dims.slice(1) ?? [];
  if (data?.dims.length !== dims.length) return {};
  return Object.fromEntries(dims.flatMap((dim, i) => (typeof dim === 'string' ? [[dim, data.dims[i]!]] : [])));
}

export function quantizeSettings(settings: ModelSettings, scheme: string): QuantizeSettings {
  if (scheme === yardstick) return { scheme };
  const { method, calibrator, calibrationItems } = settings;
  return { scheme, method, calibrator, calibrationItems };
}

export function asProgress({ job, text, fraction, secondsLeft }: ModelProgress) {
  return {
    job,
    phase: 'time' as const,
    text,
    fraction,
    rows: [],
    ...(secondsLeft === undefined ? {} : { secondsLeft }),
  };
}
