/** Text in lines that fit a terminal. */

/** Where output goes to a file or a pipe there is no width; this one reads well in both. */
const usualWidth = 100;

/** Characters in a line of the terminal; undefined where stdout is none. */
export function terminalWidth(): number | undefined {
  const { isTTY, columns } = process.stdout;
  return isTTY && columns > 0 ? Math.max(40, columns) : undefined;
}

/** Longer lines than this are hard to read, however wide the terminal. */
export function textWidth(): number {
  return Math.min(terminalWidth() ?? usualWidth, usualWidth);
}

/** Text in lines of so many characters at most, broken at spaces. A word that is longer has a line of its own. */
export function wrapped(text: string, width = textWidth()): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + word.length < width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A name and what it means, whose further lines stand below its first: `--seed N    seed of the inputs`. */
export function hanging(name: string, text: string, indent: number, width = textWidth()): readonly string[] {
  const lines = wrapped(text, Math.max(20, width - indent));
  const margin = ' '.repeat(indent);
  if (name.length > indent - 2) return [name, ...lines.map((line) => margin + line)];
  return lines.map((line, i) => (i === 0 ? name.padEnd(indent) : margin) + line);
}
