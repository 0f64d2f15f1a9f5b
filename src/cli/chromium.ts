/** Runs the session's worker in a headless Chromium, through the page bench.html. */
import { fileURLToPath } from 'node:url';
import { type OnProgress, type Progress, passOn, type WorkerApi } from '../worker/api.js';
import { firstLine, type OpenPage, openPage } from './browser.js';
import { fromText, toText } from './crossing.js';
import type { DrivenPage } from './driven-page.js';
import { type Runtime, RuntimeFailure } from './runtime.js';

/** The built page; the same place seen from dist/cli/ and from src/cli/. */
const site = fileURLToPath(new URL('../../site', import.meta.url));

export async function openChromium(say: (line: string) => void): Promise<Runtime> {
  const remedy = 'Run npm run build, then try again.';
  return runtimeOf(await openPage({ folder: site, file: 'bench.html', global: 'tilewatt', remedy }, say));
}

async function runtimeOf({ browser, page, close }: OpenPage): Promise<Runtime> {
  const listeners = new Map<number, OnProgress>();
  let token = 0;
  let closing = false;
  await page.exposeFunction('tilewattProgress', (of: number, progress: Progress) => listeners.get(of)?.(progress));
  const gone = new Promise<never>((_, reject) => {
    const fail = (what: string) => () => {
      if (!closing)
        reject(new RuntimeFailure(`${what} Its results are lost; try again, with smaller sizes if it repeats.`));
    };
    browser.on('disconnected', fail('Chromium ended while it was measuring.'));
    page.on('error', fail('The page crashed while it was measuring.'));
  });
  gone.catch(() => {});

  async function call<T>(method: keyof WorkerApi, args: readonly unknown[], onProgress?: OnProgress): Promise<T> {
    const own = ++token;
    if (onProgress) listeners.set(own, onProgress);
    const work = page.evaluate(
      (name, given, id) => (globalThis as { tilewatt?: DrivenPage }).tilewatt!.call(name, given, id),
      method,
      toText(args, (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')),
      onProgress ? own : undefined,
    );
    work.catch(() => {});
    try {
      return fromText(await Promise.race([work, gone]), (base64) =>
        Uint8Array.from(Buffer.from(base64, 'base64')),
      ) as T;
    } catch (error) {
      throw error instanceof RuntimeFailure ? error : new RuntimeFailure(`The page failed: ${firstLine(error)}`);
    } finally {
      listeners.delete(own);
    }
  }

  return {
    api: passOn((method, args) => {
      const onProgress = args.find((arg): arg is OnProgress => typeof arg === 'function');
      return call(
        method,
        args.filter((arg) => arg !== onProgress),
        onProgress,
      );
    }),
    async close() {
      closing = true;
      await close();
    },
  };
}
