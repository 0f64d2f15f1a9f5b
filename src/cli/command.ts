/** What a command is: its help and what it does. */
import type { OptionName, Parsed } from './options.js';

export interface Command {
  /** After `tilewatt`: `compare A B`. */
  readonly synopsis: string;
  readonly about: string;
  /** What a newcomer should know, in a few lines. */
  readonly detail: string;
  readonly options: readonly OptionName[];
  readonly examples: readonly (readonly [command: string, what: string])[];
  /** @returns the exit code: 0 fine, 1 something wrong or failed. */
  readonly run: (parsed: Parsed) => Promise<number> | number;
}
