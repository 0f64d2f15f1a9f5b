/** What a command is: its help and what it does. */
import type { OptionName, Parsed } from './options.js';

export interface Command {
  /** After `tilewatt`: `compare A B`. */
  readonly synopsis: string;
  readonly about: string;
  /** What a newcomer should know: paragraphs with an empty line between. Lines are broken anew for the terminal. */
  readonly detail: string;
  readonly options: readonly OptionName[];
  /** What a flag means to this command, where that is not what it means to most. */
  readonly flags?: Readonly<Partial<Record<OptionName, string>>>;
  readonly examples: readonly (readonly [command: string, what: string])[];
  /** @returns the exit code: 0 fine, 1 something wrong or failed. */
  readonly run: (parsed: Parsed) => Promise<number> | number;
}
