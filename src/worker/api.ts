/** The boundary between page and worker: interfaces and plain data, nothing else crosses. */
import type { EnergyModel } from '../bench/energy/model.js';
import type { LoadRun } from '../bench/energy/runs.js';
import type { Environment, ResultRow, Results, TimerFacts } from '../bench/results.js';
import type { Ceilings } from '../bench/roofline/ceilings.js';
import type { SelfCheck } from '../bench/selfcheck.js';
import type { TimeSoFar } from '../bench/timing.js';
import type { Tuned } from '../bench/tune/contract.js';
import type { Exhaustive } from '../bench/tune/exhaustive.js';
import type { Forecast } from '../bench/tune/forecast.js';
import type { PredictorQuality } from '../bench/tune/hold-out.js';
import type { Joules } from '../bench/tune/learned.js';
import type { TunePoint } from '../bench/tune/points.js';
import type { Refused } from '../bench/tune/space.js';
import type { StoredTime } from '../bench/tune/stored.js';
import type { Winner } from '../bench/tune/winners-schema.js';
import type { DeviceFacts } from '../kernel/facts.js';
import type { Tunable, Tunables } from '../kernel/kernel.js';
import type { Cost, Parameter, Preset, Shape } from '../kernel/operation.js';
import type { Outcome, Refusal } from '../kernel/outcome.js';
import type { LmulTableRow } from '../numerics/lmul-table.js';
import type { Distribution } from '../numerics/random.js';
import type { LmulDotRequest, LmulDotRow, LmulTableRequest } from './lmul-lab.js';
import type { ModelsApi, QuantizeApi } from './models-api.js';

export type { LmulDotRequest, LmulDotRow, LmulTableRequest };

/** The catalogue as plain data, for lists and forms. */
export interface OperationCard {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  readonly presets: readonly Preset[];
  readonly sweep: readonly Shape[];
  /** In the order of the ladder. */
  readonly kernels: readonly KernelCard[];
}

export interface KernelCard {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly tunables: Readonly<Record<string, Tunable>>;
  readonly features: readonly string[];
  readonly language: readonly string[];
}

export interface DeviceCard {
  readonly facts: DeviceFacts;
  readonly adapter: Environment['adapter'];
  readonly runtime: string;
  readonly timer: TimerFacts;
  /** What the visitor should know: software adapter, likely integrated GPU, coarse timer, each in a sentence. */
  readonly notes: readonly string[];
}

export interface KernelChoice {
  readonly id: string;
  /** Overlaid on the defaults. */
  readonly tunables?: Readonly<Record<string, number>>;
  /** Its own shape, for a kernel of another operation than the rest; else the sizes of the request by name. */
  readonly shape?: Shape;
}

export type Thoroughness = 'quick' | 'careful' | 'thorough';

export interface BenchRequest {
  /** Names the job, for `cancel`. */
  readonly job: string;
  readonly operation: string;
  readonly shape: Shape;
  readonly kernels: readonly KernelChoice[];
  readonly seed: number;
  readonly distribution: Distribution;
  readonly thoroughness: Thoroughness;
  readonly cache: 'hot' | 'cold';
  /** Kernel the others are compared with; the first ok one where left out. */
  readonly baseline?: string;
  /** Seconds for timing all kernels together, instead of what `thoroughness` gives each. */
  readonly budgetSeconds?: number;
  /** Most seconds for the whole job: timing has what verification leaves of them, instead of `budgetSeconds`. */
  readonly withinSeconds?: number;
  /** Ceilings measured on this device before: rows then say where they lie under them. */
  readonly ceilings?: Ceilings;
  /** What this device's energy is estimated by. */
  readonly energy?: EnergyModel;
}

/** What to show a visitor who has asked for nothing yet. */
export interface Suggestion {
  readonly shape: Shape;
  /** From the visitor's coming to the verdicts. */
  readonly withinSeconds: number;
}

/** The same kernels at several places along an axis: sizes, densities, widths. */
export interface SweepRequest extends Omit<BenchRequest, 'shape' | 'kernels' | 'budgetSeconds' | 'withinSeconds'> {
  /** What `at` counts, e.g. `m`, `density` or `bits`. */
  readonly axis: string;
  readonly points: readonly SweepPoint[];
  /** Seconds for timing all kernels of one point together. */
  readonly secondsPerPoint: number;
}

export interface SweepPoint {
  readonly at: number;
  readonly shape: Shape;
  readonly kernels: readonly KernelChoice[];
}

export interface VerifyRequest {
  readonly job: string;
  readonly kernels: readonly KernelChoice[];
  /** The operation's own cases where left out. */
  readonly shape?: Shape;
  readonly seed: number;
  /** Also each value of each tunable on one case. */
  readonly everyTunable?: boolean;
}

export interface SelfcheckRequest {
  readonly job: string;
  readonly kernel: KernelChoice;
  readonly shape: Shape;
  readonly comparisons: number;
  readonly secondsEach: number;
  readonly seed: number;
}

export interface SelfcheckReport extends SelfCheck {
  readonly environment: Environment;
}

export interface RooflineRequest {
  readonly job: string;
  readonly seed: number;
  /** For all of it; about 12 on a software adapter and 20 elsewhere where left out. */
  readonly seconds?: number;
}

/** A steady load to read a power meter by: one of the two built-in ones, or any kernel. */
export interface LoadRequest {
  readonly job: string;
  readonly load: 'fma' | 'copy' | { readonly kernel: KernelChoice; readonly shape: Shape };
  readonly seconds: number;
  readonly seed: number;
}

export interface TuneRequest {
  readonly job: string;
  /** Id of the kernel whose tunables are searched. */
  readonly kernel: string;
  readonly shape: Shape;
  readonly seed: number;
  readonly distribution: Distribution;
  /** For compiling, verifying, racing and the last duel together. */
  readonly seconds: number;
  /** Afterwards measures every combination, for at most so many seconds each, to see what the search missed. */
  readonly exhaustiveSeconds?: number;
  /** Earlier winners with their points, of any kernel and device: those that fit order the search. */
  readonly known?: readonly Winner[];
  /** What this device's energy is estimated by. */
  readonly energy?: EnergyModel;
}

/** Asks what stored searches let expect of a shape; nothing is run. */
export interface ForecastRequest extends Pick<TuneRequest, 'kernel' | 'shape' | 'energy'> {
  /** Winners with their points, of any kernel and device: those that fit are learned from. */
  readonly known: readonly Winner[];
  /** Times of comparisons and sweeps, of any kernel and device, in the same way. */
  readonly times?: readonly StoredTime[];
}

/** What a search found, as plain data. */
export interface Tuning extends Tuned {
  readonly kernel: string;
  readonly shape: Shape;
  readonly default: Tunables;
  /** Combinations that kernel or device rule out. */
  readonly refused: readonly Refused[];
  readonly environment: Environment;
  /** For the file of tuned values; absent where the search was cancelled or nothing could be timed. */
  readonly winner?: Winner;
  readonly exhaustive?: Exhaustive;
  /** How well times and joules can be predicted from what is known of this kernel here. */
  readonly predictor: PredictorQuality;
  /** What a run of each timed combination takes, by its name (`keyOf`), with its tier; absent without an energy model. */
  readonly energy?: Pick<EnergyModel, 'tier' | 'source'> & { readonly joules: Readonly<Record<string, Joules>> };
}

export interface TuneProgress extends Progress {
  /** Every combination with what is known of it so far. */
  readonly points: readonly TunePoint[];
}

export type OnTuneProgress = (progress: TuneProgress) => void;

export interface Progress {
  readonly job: string;
  readonly phase: 'prepare' | 'verify' | 'time' | 'done';
  /** e.g. `verifying gemm-f32/tiled`. */
  readonly text: string;
  /** 0 … 1 over the whole job. */
  readonly fraction: number;
  readonly secondsLeft?: number;
  /** Rows known so far, complete or partial, in ladder order. */
  readonly rows: readonly ResultRow[];
  /** Of kernels that are being timed. To be shown only: no verdict rests on them, and no file holds them. */
  readonly soFar?: readonly RungSoFar[];
}

export interface RungSoFar {
  readonly kernel: string;
  readonly time: TimeSoFar;
  readonly rates: NonNullable<ResultRow['rates']>;
}

export type OnProgress = (progress: Progress) => void;

/** What a job ends with; one that ended early still returns what it had finished. */
export type JobOutcome =
  | { readonly status: 'ok'; readonly results: Results }
  | (Refusal & { readonly results?: Results });

export interface WorkerApi extends ModelsApi, QuantizeApi {
  catalog(): Promise<readonly OperationCard[]>;
  /** Obtains the device (again, after a loss) and measures its timer. */
  device(): Promise<Outcome<{ readonly card: DeviceCard }>>;
  /** A shape whose ladder is verified and compared while a visitor waits, and how long the whole may take them. */
  suggest(operation: string): Promise<Outcome<Suggestion>>;
  bench(request: BenchRequest, onProgress: OnProgress): Promise<JobOutcome>;
  sweep(request: SweepRequest, onProgress: OnProgress): Promise<JobOutcome>;
  verify(request: VerifyRequest, onProgress: OnProgress): Promise<JobOutcome>;
  /** One kernel measured against itself again and again: how often the engine finds a difference where there is none. */
  selfcheck(request: SelfcheckRequest, onProgress: OnProgress): Promise<Outcome<{ readonly report: SelfcheckReport }>>;
  /** Searches the tunables of a kernel for one shape; cancelled, it answers with the best so far. */
  tune(request: TuneRequest, onProgress: OnTuneProgress): Promise<Outcome<{ readonly tuning: Tuning }>>;
  /** Time and joules of a shape that was not run, learned from stored searches. */
  forecast(request: ForecastRequest): Promise<Outcome<{ readonly forecast: Forecast }>>;
  /** Errors of L-Mul at each number of mantissa bits, mode and rounding, beside narrow floating-point products. */
  lmulTable(request: LmulTableRequest): Promise<Outcome<{ readonly rows: readonly LmulTableRow[] }>>;
  lmulDots(request: LmulDotRequest): Promise<Outcome<{ readonly rows: readonly LmulDotRow[] }>>;
  /** Measures what this device can do at most; the caller keeps the answer, by its key. */
  roofline(request: RooflineRequest, onProgress: OnProgress): Promise<Outcome<{ readonly ceilings: Ceilings }>>;
  /** Keeps the device busy with one verified kernel, and says how often it ran between which moments. */
  load(request: LoadRequest, onProgress: OnProgress): Promise<Outcome<{ readonly run: LoadRun }>>;
  /** Tells the worker whether its page is hidden; a hidden page pauses timing. */
  setHidden(hidden: boolean): Promise<void>;
  /** Ends a job at its next step; what it has so far is returned by the job itself. */
  cancel(job: string): Promise<void>;
  /** The WGSL exactly as it is handed to the compiler. */
  source(
    choice: KernelChoice,
    shape: Shape,
  ): Promise<Outcome<{ readonly code: string; readonly tunables: Tunables; readonly cost: Cost }>>;
}

/** The functions above by name, for those who pass calls on. */
const workerMethods = [
  'catalog',
  'device',
  'suggest',
  'bench',
  'sweep',
  'verify',
  'selfcheck',
  'tune',
  'forecast',
  'roofline',
  'load',
  'lmulTable',
  'lmulDots',
  'setHidden',
  'cancel',
  'source',
  'openModel',
  'closeModel',
  'planModel',
  'runModel',
  'conformance',
  'quantizeMenu',
  'openData',
  'compareSchemes',
  'xray',
  'exportModel',
] as const satisfies readonly (keyof WorkerApi)[];

/** An api that hands every call to `pass`: a new function of the api needs its name above and nothing else. */
export function passOn(pass: (method: keyof WorkerApi, args: readonly unknown[]) => Promise<unknown>): WorkerApi {
  const entries = workerMethods.map((method) => [method, (...args: unknown[]) => pass(method, args)]);
  return Object.fromEntries(entries) satisfies Record<(typeof workerMethods)[number], unknown> as WorkerApi;
}

/** Fails to compile, naming it, where a function of the api is not in the list. */
type Unlisted = Exclude<keyof WorkerApi, (typeof workerMethods)[number]>;
const complete: [Unlisted] extends [never] ? true : Unlisted = true;
void complete;
