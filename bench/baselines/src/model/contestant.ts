/** Whoever runs a whole model: our executor or a backend of ONNX Runtime, from inputs in memory to outputs in memory. */
import type { ModelFile } from '../../../../src/models/file.js';
import type { Model } from '../../../../src/models/graph.js';
import type { HostValue } from '../../../../src/models/run/values.js';

export interface Output {
  readonly dims: readonly number[];
  readonly data: ArrayLike<number>;
}

export interface Contestant {
  readonly name: string;
  /**
   * Brings a batch into the form that the contestant takes, outside of any time.
   * @returns one run: uploads the batch where need be and resolves with the model's first output in memory. Throws what fails.
   */
  readonly prepare: (inputs: ReadonlyMap<string, HostValue>) => () => Promise<Output>;
  /** What a reader of its row should know; complete after a run. */
  readonly notes: () => readonly string[];
  readonly destroy: () => void;
}

/** A model with the file it is read from. */
export interface Given {
  readonly file: ModelFile;
  readonly model: Model;
}

/** A library that opens models itself. */
export interface Backend {
  readonly name: string;
  /** @throws what the library says where it does not load, or cannot run the model. */
  readonly open: (model: Uint8Array<ArrayBuffer>) => Promise<Contestant>;
}
