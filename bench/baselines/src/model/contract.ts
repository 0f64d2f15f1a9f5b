/** What the driver asks of the page about a whole model, and what it gets: plain data. */
import type { Comparison, Environment, Timing } from '../../../../src/bench/results.js';
import type { ModelFile } from '../../../../src/models/file.js';
import type { Scaling } from '../../../../src/models/quantize/data.js';

export interface ModelRequest {
  readonly model: ModelFile;
  readonly data: ModelFile;
  readonly labels?: ModelFile;
  readonly scaling: Scaling;
  /** Items of one run. */
  readonly batch: number;
  /** Most items; all where left out. */
  readonly items?: number;
  /** Rounds of timing, each with one sample of everyone. */
  readonly rounds: number;
  /** Most seconds of timing for each of them; it may end the rounds early. */
  readonly seconds: number;
  /** CPU threads of the WASM backend. */
  readonly threads: number;
}

export interface ModelRow {
  readonly name: string;
  readonly status: 'ok' | 'wrong' | 'failed';
  /** Why it has no time. */
  readonly reason?: string;
  /** Items whose best class is another than the reference's, and the first of them. */
  readonly differing?: number;
  readonly firstDiffering?: number;
  /** Largest difference of an output from the reference, and its share of the largest magnitude there. */
  readonly largest?: number;
  readonly relative?: number;
  /** Share of items whose best class is their label; absent without labels. */
  readonly top1?: number;
  /** Of one batch. */
  readonly time?: Timing;
  readonly notes: readonly string[];
}

export const modelSchemaId = 'tilewatt/model-comparison@1';

export interface ModelReport {
  readonly schema: typeof modelSchemaId;
  readonly environment: Environment;
  readonly model: { readonly name: string; readonly bytes: number; readonly sha256: string };
  readonly data: { readonly name: string; readonly items: number; readonly labelled: boolean; readonly sha256: string };
  /** Items of one run, for everyone alike. */
  readonly batch: number;
  /** How the batch came about. */
  readonly note?: string;
  /** Who everyone's outputs are held against; absent where no rival could run the file as it is given. */
  readonly reference?: string;
  /** Largest share of the largest magnitude that an output may differ by. */
  readonly allowed: number;
  readonly rows: readonly ModelRow[];
  readonly comparisons: readonly Comparison[];
}
