/** The part of the boundary that is about data and quantization, and what jobs about models tell on the way. Plain data only. */
import type { PairedComparison } from '../bench/compare.js';
import type { EnergyModel } from '../bench/energy/model.js';
import type { Environment } from '../bench/results.js';
import type { Failed, Outcome, Unsupported } from '../kernel/outcome.js';
import type { ModelFile } from '../models/file.js';
import type { Scaling } from '../models/quantize/data.js';
import type { HistogramPair } from '../models/quantize/xray.js';

export type { HistogramPair, Scaling };

export interface OpenDataRequest {
  /** The model whose input the data must fit. */
  readonly model: string;
  /**
   * One file of IDX, .npy, .npz or CSV, gzipped or not; or images, and archives of them, in a folder per class. Further inputs of
   * a model are arrays of a .npz under their names.
   */
  readonly files: readonly ModelFile[];
  /** Of images, where they lie in one folder, in the order of their names. */
  readonly labels?: ModelFile;
  /** All classes, where the images are but a part of what lies in their folders. */
  readonly classes?: readonly string[];
  readonly scaling: Scaling;
  /** Use only so many items, from the start. */
  readonly limit?: number;
}

export interface DataCard {
  readonly id: string;
  readonly items: number;
  /** Dimensions of one item. */
  readonly dims: readonly number[];
  readonly labelled: boolean;
  readonly classes?: number;
  /** The folders of images, the position being the label. */
  readonly classNames?: readonly string[];
  /** What was made up where the data leaves it open, and what looks odd, in sentences. */
  readonly remarks?: readonly string[];
  /** SHA-256 over items and labels as they are fed. */
  readonly hash: string;
  /** `tokens` for a language model: perplexity stands in place of accuracy. */
  readonly kind: 'items' | 'tokens';
}

export interface ModelProgress {
  readonly job: string;
  /** e.g. `int8: 1,200 of 10,000 items`. */
  readonly text: string;
  /** 0 … 1 over the whole job. */
  readonly fraction: number;
  readonly secondsLeft?: number;
  /** Rows known so far. */
  readonly rows?: readonly SchemeRow[];
}

export type OnModelProgress = (progress: ModelProgress) => void;

export interface Interval {
  readonly value: number;
  readonly ci95: readonly [low: number, high: number];
}

export interface TimeOfRuns {
  readonly meanMs: number;
  readonly ci95Ms: readonly [low: number, high: number];
  readonly samples: number;
  readonly batch: number;
}

/** What there is to choose from. */
export interface QuantizeMenu {
  readonly schemes: readonly MenuEntry[];
  /** What else is a name of a scheme: `intB-gN (B = 2 … 8, N = 32, 64, 128)`. */
  readonly patterns: readonly string[];
  /** More can be typed: `smooth+gptq+bias`. */
  readonly methods: readonly MenuEntry[];
  readonly calibrators: readonly MenuEntry[];
}

export interface MenuEntry {
  readonly id: string;
  readonly title: string;
}

/** How a scheme is applied to a model. */
export interface QuantizeSettings {
  /** e.g. `int4-g32`, or `mixed-25`: a scheme per layer, so that all weights fit 25 % of their bytes. `quantizeMenu` lists them. */
  readonly scheme: string;
  /** How weights are rounded; to nearest where left out. */
  readonly method?: string;
  /** How ranges of activations are found; min-max where left out. */
  readonly calibrator?: string;
  /** Items used for calibration, from the start of the data; 128 where left out. */
  readonly calibrationItems?: number;
  /** Layers left as they are. */
  readonly exclude?: readonly string[];
}

export interface CompareSchemesRequest {
  readonly job: string;
  readonly model: string;
  readonly data: string;
  readonly settings: readonly QuantizeSettings[];
  readonly batch: number;
  readonly seed: number;
  /** What this device's energy is estimated by; without it rows have no joules. */
  readonly energy?: EnergyModel;
}

/** One scheme measured on the data. A scheme that cannot be had keeps its row, with the reason. */
export interface SchemeRow {
  readonly scheme: string;
  readonly title: string;
  readonly status: 'ok' | 'unsupported' | 'wrong' | 'failed';
  readonly reason?: string;
  readonly settings: QuantizeSettings;
  /** Of all weights as stored. */
  readonly bytes?: number;
  /** Layers on the native kernel of their format, and those computed with dequantized weights. */
  readonly native?: number;
  readonly simulated?: number;
  /** Shares of the items. */
  readonly top1?: Interval;
  readonly top5?: Interval;
  /** Items whose first choice is that of the float model. */
  readonly agreement?: Interval;
  /** Mean Kullback–Leibler divergence from the float model's distribution, in nats. */
  readonly divergence?: Interval;
  readonly perplexity?: Interval;
  readonly time?: TimeOfRuns;
  /** Against the float model, from rounds in which both ran; above 1 is faster. */
  readonly speed?: Pick<PairedComparison, 'ratio' | 'ci95' | 'verdict' | 'pairs'>;
  /** Of one batch by what its kernels state as their cost, over the whole wall clock; undefined without an energy model. */
  readonly joules?: { readonly low: number; readonly mid: number; readonly high: number; readonly tier: string };
  readonly layers?: readonly LayerOutcome[];
}

export interface LayerOutcome {
  readonly name: string;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly computed: 'native' | 'simulated' | 'float';
  readonly why?: string;
  /** Of the weights, in dB. */
  readonly sqnr?: number;
}

export interface SchemesReport {
  readonly rows: readonly SchemeRow[];
  readonly recommendation: string;
  /** Indices of rows that no other beats in size, time and accuracy at once. */
  readonly front: readonly number[];
  readonly environment: Environment;
  readonly model: { readonly name: string; readonly bytes: number; readonly hash: string };
  readonly data: DataCard;
}

export interface XrayRequest {
  readonly job: string;
  readonly model: string;
  readonly data: string;
  readonly settings: QuantizeSettings;
  /** Items that are looked at, from the start of the data. */
  readonly items: number;
  /** Also quantizes each layer alone, and all but each: a run over the items for each. */
  readonly oneAtATime: boolean;
  readonly seed: number;
}

/** Enough items to rank layers by, and done in seconds. */
export const xrayItems = 64;

/** Up to so many layers, each is also tried alone unless told otherwise: it takes two runs for each. */
export const xrayLayersAlone = 16;

export interface ErrorFigures {
  /** Signal to quantization noise, in dB. */
  readonly sqnr: number;
  readonly cosine: number;
  readonly maxError: number;
}

export interface XrayRow {
  readonly layer: string;
  readonly op: string;
  /** Errors of the layer's output on the float model's inputs; one side alone only where both are quantized. */
  readonly weights?: ErrorFigures;
  readonly activations?: ErrorFigures;
  readonly both: ErrorFigures;
  /** Share of items that agree with the float model where only this layer is quantized, and where all but this one are. */
  readonly onlyThis?: number;
  readonly allButThis?: number;
  readonly weightHistogram: HistogramPair;
  readonly outputHistogram: HistogramPair;
}

export interface XrayReport {
  /** Worst first. */
  readonly rows: readonly XrayRow[];
  /** One sentence on whether kernels and the host part on the same quantized weights, and at which layer first. */
  readonly kernelError: string;
  /** True where they part by more than rounding explains. */
  readonly parted: boolean;
}

export interface ExportRequest {
  readonly job: string;
  readonly model: string;
  readonly settings: QuantizeSettings;
  readonly form: 'qdq' | 'matmulnbits' | 'safetensors';
  /** For static schemes, which need calibration. */
  readonly data?: string;
}

export interface Exported {
  readonly file: ModelFile;
  /** What became of each layer; absent for tensors without a graph. */
  readonly layers?: readonly LayerOutcome[];
  /** What the file cannot hold in small form, in a sentence. */
  readonly remark?: string;
}

/** Functions of the worker that quantize models and say what it costs. */
export interface QuantizeApi {
  quantizeMenu(): Promise<QuantizeMenu>;
  openData(request: OpenDataRequest, onProgress?: OnModelProgress): Promise<Outcome<{ readonly card: DataCard }>>;
  /** Cancelled or failed half-way, the rows finished so far stay in `report`. */
  compareSchemes(
    request: CompareSchemesRequest,
    onProgress: OnModelProgress,
  ): Promise<
    | { readonly status: 'ok'; readonly report: SchemesReport }
    | ((Unsupported | Failed) & { readonly report?: SchemesReport })
  >;
  xray(request: XrayRequest, onProgress: OnModelProgress): Promise<Outcome<{ readonly report: XrayReport }>>;
  exportModel(request: ExportRequest, onProgress: OnModelProgress): Promise<Outcome<Exported>>;
}
