/** What bench.html runs: the worker's session, handed to whoever drives the page. */
import type { OnProgress, Progress, WorkerApi } from '../worker/api.js';
import { createClient } from '../worker/client.js';
import { fromText, toText } from './crossing.js';

/** One call of the session, arguments and answer as `crossing` writes them. `token` asks for progress, reported through `tilewattProgress`. */
export interface DrivenPage {
  readonly call: (method: keyof WorkerApi, args: string, token?: number) => Promise<string | undefined>;
}

declare global {
  var tilewatt: DrivenPage | undefined;
  /** Put there by the driver before the page loads. */
  var tilewattProgress: ((token: number, progress: Progress) => void) | undefined;
}

const client = createClient();

globalThis.tilewatt = {
  async call(method, args, token) {
    const report: OnProgress = (progress) => globalThis.tilewattProgress?.(token ?? 0, progress);
    const run = client[method] as (...all: readonly unknown[]) => Promise<unknown>;
    const given = fromText(args, decode) as readonly unknown[];
    return toText(await run(...given, ...(token === undefined ? [] : [report])), encode);
  },
};

/** A few kilobytes at a time: a call takes only so many arguments. */
function encode(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
