/** Where in a file a reader is, so that a refusal names file and field. */
import { ModelFileError, type ModelFileFault, quoted } from '../errors.js';

export class Place {
  readonly file: string;
  readonly #parent: Place | undefined;
  readonly #step: string;
  readonly #label: string;

  constructor(file: string, step = '', label = '', parent?: Place) {
    this.file = file;
    this.#step = step;
    this.#label = label;
    this.#parent = parent;
  }

  /** The field, as in `graph.node[3].attribute[0] "kernel_shape"`; a name helps where there are many. */
  field(name: string, index?: number, label = ''): Place {
    return new Place(this.file, index === undefined ? name : `${name}[${index}]`, label, this);
  }

  /** One element of the list that this place is. */
  at(index: number, label = ''): Place {
    return new Place(this.file, `${this.#step}[${index}]`, label, this.#parent);
  }

  path(): string {
    const above = this.#parent?.path() ?? '';
    const step = this.#label === '' ? this.#step : `${this.#step} ${quoted(this.#label)}`;
    return above === '' ? step : `${above}.${step}`;
  }

  /** @throws ModelFileError always; the rule goes on after the field: `is -1, but must be 0 or more`. */
  fail(code: ModelFileFault, rule: string): never {
    throw new ModelFileError(code, this.file, this.path() || 'the model', rule);
  }
}
