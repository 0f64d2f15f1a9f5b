#!/usr/bin/env node
/** The `tilewatt` command: finds the command, runs it, and turns what went wrong into a sentence and an exit code. */
import './uncaught.js';
import { version } from '../../package.json';
import type { Command } from './command.js';
import { accuracy } from './commands/accuracy.js';
import { bench } from './commands/bench.js';
import { compare } from './commands/compare.js';
import { conformance } from './commands/conformance.js';
import { device } from './commands/device.js';
import { energy } from './commands/energy.js';
import { inspect } from './commands/inspect.js';
import { list } from './commands/list.js';
import { lmul } from './commands/lmul.js';
import { quantize } from './commands/quantize.js';
import { roofline } from './commands/roofline.js';
import { run } from './commands/run.js';
import { selfcheck } from './commands/selfcheck.js';
import { source } from './commands/source.js';
import { sweep } from './commands/sweep.js';
import { tune } from './commands/tune.js';
import { verify } from './commands/verify.js';
import { checkExtras } from './extras.js';
import { helpOn, helpOnAll } from './help.js';
import { parseOptions } from './options.js';
import { checkWritable, print } from './output.js';
import { RuntimeFailure } from './runtime.js';
import { suggestion, UsageError } from './usage.js';

const commands: Readonly<Record<string, Command>> = {
  bench,
  compare,
  selfcheck,
  sweep,
  tune,
  verify,
  roofline,
  lmul,
  energy,
  inspect,
  run,
  quantize,
  accuracy,
  conformance,
  list,
  source,
  device,
};

process.stdout.on('error', endOutput);
process.stderr.on('error', endOutput);
process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    return await dispatch(args);
  } catch (error) {
    if (error instanceof UsageError) return complain(error.message, 2);
    if (error instanceof RuntimeFailure) return complain(error.message, 1);
    return complain(`This is a fault of tilewatt itself: ${error instanceof Error ? error.stack : String(error)}`, 1);
  }
}

async function dispatch([name, ...rest]: readonly string[]): Promise<number> {
  if (name === '--version' || name === '-v') {
    print(version);
    return 0;
  }
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const [topic] = rest;
    const about = topic === undefined ? undefined : commandNamed(topic);
    const text = about ? helpOn(about) : helpOnAll(Object.values(commands));
    if (name !== undefined) print(text);
    else process.stderr.write(`${text}\n`);
    return name === undefined ? 2 : 0;
  }
  const command = commandNamed(name);
  const parsed = parseOptions(rest, command.options);
  if (parsed.settings.help) {
    print(helpOn(command));
    return 0;
  }
  checkExtras(parsed.settings);
  checkWritable(parsed.settings);
  return command.run(parsed);
}

function commandNamed(name: string): Command {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command !== undefined) return command;
  const names = Object.keys(commands);
  throw new UsageError(`No command is called ${name}.${suggestion(name, names)} There are: ${names.join(', ')}.`);
}

/** A closed pipe, as of `| head`, wants no more and is no failure; a full disk must not pass for success. */
function endOutput(error: NodeJS.ErrnoException): void {
  process.exit(error.code === 'EPIPE' ? 0 : complain(`Cannot write the results: ${error.message}.`, 1));
}

function complain(message: string, code: number): number {
  process.stderr.write(`tilewatt: ${message}\n`);
  return code;
}
