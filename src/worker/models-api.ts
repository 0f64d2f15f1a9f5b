/** The part of the boundary that is about model files: opened and kept in the worker, named by an id. Plain data only. */
import type { Environment } from '../bench/results.js';
import type { Outcome } from '../kernel/outcome.js';
import type { ModelFile } from '../models/file.js';
import type { Inspection } from '../models/inspect.js';
import type { ConformanceCase, ConformanceRow } from '../models/run/conformance.js';
import type { RunFacts } from '../models/run/facts.js';
import type { OnModelProgress, TimeOfRuns } from './quantize-api.js';

export type * from './quantize-api.js';

export interface OpenModelRequest {
  readonly file: ModelFile;
  /** External data of ONNX, shards of safetensors. */
  readonly companions?: readonly ModelFile[];
}

export interface ModelCard {
  /** Names the model in later calls. */
  readonly id: string;
  readonly inspection: Inspection;
  /** Operators and types that are not computed here, each in a sentence; empty where the model can be run. */
  readonly unsupported: readonly string[];
  /** Layers whose weights can be quantized, in the order of the graph. */
  readonly layers: readonly LayerCard[];
  readonly inputs: readonly InputCard[];
}

export interface InputCard {
  readonly name: string;
  readonly type: string;
  /** A number, a name that the caller decides (`batch`), or undefined where the file says nothing. */
  readonly dims: readonly (number | string | undefined)[];
}

export interface LayerCard {
  readonly name: string;
  readonly op: string;
  readonly dims: readonly number[];
  readonly bytes: number;
}

export interface PlanModelRequest {
  readonly model: string;
  readonly batch: number;
  /** As in `RunModelRequest`. */
  readonly sizes?: Readonly<Record<string, number>>;
  /** Whether a model of one item is planned for the batch where its graph allows it, as comparing schemes does. */
  readonly stacked?: boolean;
}

/** What a run would take, told before it is taken. */
export interface MemoryPlan {
  /** That the run is for: what was asked for, unless the file fixes its first dimension. */
  readonly items: number;
  readonly weights: number;
  /** Buffers that values share, and inputs. */
  readonly values: number;
  /** Most that one buffer may hold on this device. */
  readonly largestAllowed: number;
  /** False where shapes that only a run can tell leave a part unknown. */
  readonly complete: boolean;
}

export interface RunModelRequest {
  readonly job: string;
  readonly model: string;
  readonly batch: number;
  /** Values of named dimensions, `{ sequence: 128 }`; 1 where left out, and `batch` where first. */
  readonly sizes?: Readonly<Record<string, number>>;
  readonly seed: number;
  /** Runs after the first, for the time. */
  readonly repeats: number;
}

export interface ModelRunReport {
  readonly outputs: readonly OutputCard[];
  readonly facts: RunFacts;
  readonly firstMs: number;
  /** Wall clock of one later run, readback included. */
  readonly time?: TimeOfRuns;
}

export interface OutputCard {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly number[];
  readonly least?: number;
  readonly greatest?: number;
  readonly nonFinite: number;
  /** The first elements. */
  readonly head: readonly number[];
}

export interface ConformanceRequest {
  readonly job: string;
  readonly cases: readonly ConformanceCase[];
}

/** Functions of the worker that are about models. Files that break a rule end as `unsupported`, with file, field and rule. */
export interface ModelsApi {
  openModel(request: OpenModelRequest): Promise<Outcome<{ readonly card: ModelCard }>>;
  closeModel(id: string): Promise<void>;
  planModel(request: PlanModelRequest): Promise<Outcome<{ readonly memory: MemoryPlan }>>;
  runModel(
    request: RunModelRequest,
    onProgress: OnModelProgress,
  ): Promise<Outcome<{ readonly report: ModelRunReport }>>;
  conformance(
    request: ConformanceRequest,
    onProgress: OnModelProgress,
  ): Promise<Outcome<{ readonly rows: readonly ConformanceRow[]; readonly environment: Environment }>>;
}
