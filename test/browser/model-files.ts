/** Files as a visitor of the models page has them: on disk, handed to the page, and saved by it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ElementHandle, Page } from 'puppeteer-core';
import { find } from './site.js';

export const samples = resolve(import.meta.dirname, '../../public/models');

/** Of this test file, until `removeFolder`. */
export const folder = mkdtempSync(join(tmpdir(), 'tilewatt-models-'));

export function removeFolder(): void {
  rmSync(folder, { recursive: true, force: true });
}

/** A file on disk, as a visitor has it. */
export function given(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** Chooses a model file. */
export async function upload(at: Page, label: string, path: string): Promise<void> {
  const input = await find(at, `>>> tw-model-drop >>> input[aria-label="${label}"]`);
  await (input as ElementHandle<HTMLInputElement>).uploadFile(path);
}

/** The bytes of the file that the page hands to the browser. */
export async function saved(at: Page, act: () => Promise<void>): Promise<Uint8Array<ArrayBuffer>> {
  await at.evaluate(() => {
    const before = URL.createObjectURL.bind(URL);
    (window as unknown as { saved: Promise<number[]> }).saved = new Promise((resolve) => {
      URL.createObjectURL = (blob) => {
        URL.createObjectURL = before;
        void (blob as Blob).arrayBuffer().then((buffer) => resolve([...new Uint8Array(buffer)]));
        return 'data:,';
      };
    });
  });
  await act();
  return Uint8Array.from(await at.evaluate(() => (window as unknown as { saved: Promise<number[]> }).saved));
}
