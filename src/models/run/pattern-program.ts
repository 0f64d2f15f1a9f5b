/**
 * Programs for regular expressions, run in time proportional to text × program.
 * Method: Thompson, Regular Expression Search Algorithm (1968), all states at once.
 */

export type Test = (code: number) => boolean;

export type Instruction =
  | { readonly kind: 'take'; readonly test: Test }
  | { readonly kind: 'check'; readonly holds: (text: readonly number[], at: number) => boolean }
  | { readonly kind: 'split'; readonly to: readonly number[] };

/** Adds its instructions to the program, which go on with what is added next. */
export type Piece = (program: Instruction[]) => void;

const maxInstructions = 5_000;

/** Thrown for a pattern that is malformed, too large, or of a form that is not known here; the message is a clause. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

export function codeOf(character: string): number {
  return character.codePointAt(0)!;
}

/** Whether the program takes the whole text. */
export function run(program: readonly Instruction[], text: readonly number[]): boolean {
  let states = new Set<number>();
  reach(program, states, [0], text, 0);
  for (let at = 0; at < text.length; at++) {
    const next = new Set<number>();
    for (const state of states) {
      const step = program[state];
      if (step?.kind === 'take' && step.test(text[at]!)) reach(program, next, [state + 1], text, at + 1);
    }
    states = next;
    if (states.size === 0) return false;
  }
  return states.has(program.length);
}

/** Adds the states, and those that follow without a character. */
function reach(
  program: readonly Instruction[],
  states: Set<number>,
  open: number[],
  text: readonly number[],
  at: number,
): void {
  while (open.length > 0) {
    const state = open.pop()!;
    if (states.has(state)) continue;
    states.add(state);
    const step = program[state];
    if (step?.kind === 'split') open.push(...step.to);
    if (step?.kind === 'check' && step.holds(text, at)) open.push(state + 1);
  }
}

function add(program: Instruction[], ...instructions: readonly Instruction[]): void {
  program.push(...instructions);
  if (program.length > maxInstructions) throw new PatternError(`takes more than ${maxInstructions} steps to write out`);
}

export const take =
  (test: Test): Piece =>
  (program) =>
    add(program, { kind: 'take', test });

export const check =
  (holds: (text: readonly number[], at: number) => boolean): Piece =>
  (program) =>
    add(program, { kind: 'check', holds });

export const chain =
  (pieces: readonly Piece[]): Piece =>
  (program) => {
    for (const piece of pieces) piece(program);
  };

/** Puts in a split, whose goals are known once what follows is written. */
function branch(program: Instruction[], ...to: readonly number[]): { readonly at: number; readonly to: number[] } {
  const goals = [...to];
  add(program, { kind: 'split', to: goals });
  return { at: program.length - 1, to: goals };
}

export const either =
  (pieces: readonly Piece[]): Piece =>
  (program) => {
    const fork = branch(program);
    const ends = pieces.map((piece) => {
      fork.to.push(program.length);
      piece(program);
      return branch(program);
    });
    for (const end of ends) end.to.push(program.length);
  };

export const repeat =
  (piece: Piece, least: number, most: number): Piece =>
  (program) => {
    for (let i = 0; i < least; i++) {
      const before = program.length;
      piece(program);
      // Nothing repeated is nothing, however deep the repeats nest.
      if (program.length === before) return;
    }
    if (most === Number.POSITIVE_INFINITY) {
      const fork = branch(program, program.length + 1);
      piece(program);
      branch(program, fork.at);
      fork.to.push(program.length);
      return;
    }
    const forks = Array.from({ length: most - least }, () => {
      const fork = branch(program, program.length + 1);
      piece(program);
      return fork;
    });
    for (const fork of forks) fork.to.push(program.length);
  };
