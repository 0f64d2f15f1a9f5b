/** Models and data that the page has opened: they stay in the worker, and the page names them by id. */
import { type Failed, failed } from '../../kernel/outcome.js';
import type { ModelFile } from '../../models/file.js';
import type { Model } from '../../models/graph.js';
import type { Opened } from '../../models/read.js';

export interface ShelvedModel {
  readonly file: ModelFile;
  readonly opened: Opened;
}

export class Shelf<T> {
  readonly #kind: string;
  readonly #items = new Map<string, T>();
  #count = 0;

  /** @param kind e.g. `model`, for ids and messages. */
  constructor(kind: string) {
    this.#kind = kind;
  }

  put(item: T): string {
    const id = `${this.#kind}-${++this.#count}`;
    this.#items.set(id, item);
    return id;
  }

  find(id: string): T | Failed {
    const gone = `The ${this.#kind} is no longer open (the worker was started anew): open it again.`;
    return this.#items.get(id) ?? failed('internal', gone);
  }

  drop(id: string): void {
    this.#items.delete(id);
  }
}

/** The graph of an opened file, or why there is none to run. */
export function runnable({ opened, file }: ShelvedModel): Model | string {
  if ('graph' in opened) return opened;
  return `${file.name}: ${opened.format} holds tensors and no graph, so there is nothing to run. Its tensors can be inspected; export the model to ONNX to run it.`;
}
