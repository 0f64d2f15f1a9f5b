/** How far a job is, on stderr: one line that changes on a terminal, a line per step elsewhere. */
import type { Progress } from '../worker/api.js';

/** What every job tells while it runs. */
export type Said = Pick<Progress, 'text' | 'fraction' | 'secondsLeft'>;

export interface ProgressLine {
  readonly update: (progress: Said) => void;
  /** A message of its own line, above the changing one. */
  readonly say: (line: string) => void;
  /** Clears the changing line, so that results start on a clean one. */
  readonly clear: () => void;
}

export function progressLine(stream: NodeJS.WriteStream = process.stderr): ProgressLine {
  let last = '';
  const clear = (): void => {
    if (!stream.isTTY || last === '') return;
    stream.write('\r\u001b[2K');
    last = '';
  };
  return {
    clear,
    update(progress) {
      // The results themselves say that it is done.
      if (progress.text === 'done') return;
      const line = stream.isTTY ? shortened(lineOf(progress), stream.columns || 80) : progress.text;
      if (line === last || line === '') return;
      last = line;
      stream.write(stream.isTTY ? `\r\u001b[2K${line}` : `${line}\n`);
    },
    say(line) {
      clear();
      stream.write(`${line}\n`);
    },
  };
}

function lineOf({ fraction, text, secondsLeft }: Said): string {
  const percent = `${Math.round(fraction * 100)} %`.padStart(5);
  const left = !secondsLeft ? '' : ` · about ${Math.max(1, Math.ceil(secondsLeft))} s left`;
  return `${percent} ${text}${left}`;
}

/** A line that wraps could not be overwritten. */
function shortened(line: string, columns: number): string {
  return line.length < columns ? line : `${line.slice(0, Math.max(0, columns - 2))}…`;
}
