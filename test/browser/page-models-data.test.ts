/** What the place of models takes in a real browser: images in zips and folders, addresses, tensors without a graph. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import type { ElementHandle, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readQuantizedSafetensors } from '../../src/models/quantize/write-safetensors.js';
import { writeSafetensors } from '../../src/models/safetensors/write.js';
import { greyPng } from '../support/png.js';
import { folder, given, removeFolder, samples, saved, upload } from './model-files.js';
import { find, openStage, press, type Stage, textOf, waitForText } from './site.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
}, 60_000);
afterAll(async () => {
  await stage?.close();
  removeFolder();
});

describe('a zip of images', () => {
  it('is read as data, a class per folder', async () => {
    const images = digitImages(40).map(({ name, bytes }) => [name, bytes] as const);
    const { page: other, errors } = await stage.open('#/models?sample=digits');
    await waitForText(other, /digits\.onnx is ready to be tested/, 60_000);
    const input = await find(other, '>>> tw-model-data >>> input[multiple]');
    const path = given('images.zip', zipSync(Object.fromEntries(images)));
    await (input as ElementHandle<HTMLInputElement>).uploadFile(path);
    await waitForText(other, /40 items of \[ ?1, 16, 16 ?\] ?, labelled, 10 classes/);
    const bad = given('bad.zip', zipSync({ 'a/1.png': Uint8Array.of(1, 2, 3), 'b/2.png': Uint8Array.of(4) }));
    await (input as ElementHandle<HTMLInputElement>).uploadFile(bad);
    await waitForText(other, /a\/1\.png: cannot be decoded/);
    expect(await textOf(other)).toMatch(/40 items of/);
    expect(errors).toEqual([]);
    await other.close();
  }, 60_000);
});

describe('a folder of images', () => {
  it('is chosen or dropped, a class per folder, with what systems hide in it left out', async () => {
    const [many, few] = [folderOfDigits('many', 40), folderOfDigits('few', 12)];
    const { page: other, errors } = await stage.open('#/models?sample=digits&limit=20');
    await waitForText(other, /digits\.onnx is ready to be tested/, 60_000);
    const input = await find(other, '>>> tw-model-data >>> input[webkitdirectory]');
    await (input as ElementHandle<HTMLInputElement>).uploadFile(many);
    await waitForText(other, /20 items of \[ ?1, 16, 16 ?\] ?, labelled, 10 classes/);
    await drop(other, [few]);
    const text = await waitForText(other, /12 items of \[ ?1, 16, 16 ?\] ?, labelled/);
    expect(text).toMatch(/What is in digits\.onnx/);
    expect(text).toMatch(/Folders as classes/);
    // Twelve digits are not of all ten classes, so folders by their order are not the digits.
    expect(text).toMatch(/The model tells 10 classes, but there are \d folders/);
    expect(errors).toEqual([]);
    await other.close();
  }, 60_000);

  it('that is given before a model is asked to wait for one', async () => {
    const { page: other } = await stage.open('#/models');
    await waitForText(other, /Try digits/);
    await drop(other, [join(samples, 'digits-images.idx')]);
    await waitForText(other, /Open a model first: digits-images\.idx is data to test one on/);
    await other.close();
  }, 60_000);
});

describe('an address', () => {
  it('is fetched, and one that leads nowhere is named', async () => {
    const { page: other } = await stage.open('#/models');
    await waitForText(other, /Try digits/);
    await fetchModel(other, `${stage.url}models/none.onnx`);
    await waitForText(other, /none\.onnx: the server answered 404/);
    await fetchModel(other, `${stage.url}models/digits.onnx`);
    const text = await waitForText(other, /digits\.onnx is open\. Give data to test it on/);
    expect(text).toMatch(/The model takes f32\[batch,1,16,16\]/);
    await other.close();
  }, 60_000);
});

describe('tensors without a graph', () => {
  it('are inspected, quantized and downloaded', async () => {
    const data = Float32Array.from({ length: 64 * 32 }, (_, i) => Math.sin(i));
    const tensor = { name: 'w', type: 'f32', dims: [64, 32], bytes: new Uint8Array(data.buffer) } as const;
    const path = given('w.safetensors', Buffer.concat(writeSafetensors('w', [tensor]) as Uint8Array[]));
    const { page: other, errors } = await stage.open('#/models');
    await waitForText(other, /google|SwiftShader|llvmpipe/i);
    await upload(other, 'Model files', path);
    await waitForText(other, /w\.safetensors holds tensors and no graph: it can be quantized and inspected, not run/);
    const select = await find(other, '>>> tw-model-export >>> select');
    await select.select('int4-g32');
    const bytes = await saved(other, () => press(other, 'Download'));
    const [back] = readQuantizedSafetensors({ name: 'back', bytes }).tensors;
    expect(back).toMatchObject({ name: 'w', dims: [64, 32] });
    expect(bytes.length).toBeLessThan(0.25 * data.byteLength);
    expect(errors).toEqual([]);
    await other.close();
  }, 60_000);
});

/** Drawn digits as images, in a folder for each class. */
function digitImages(count: number): readonly { readonly name: string; readonly bytes: Uint8Array }[] {
  const pixels = readFileSync(join(samples, 'digits-images.idx')).subarray(16);
  const labels = readFileSync(join(samples, 'digits-labels.idx')).subarray(8);
  return Array.from({ length: count }, (_, i) => ({
    name: `digits/class ${labels[i]}/${i}.png`,
    bytes: greyPng(16, 16, pixels.subarray(256 * i, 256 * (i + 1))),
  }));
}

/** A folder on disk with a folder for each class, and what else may lie in one. */
function folderOfDigits(name: string, count: number): string {
  const home = join(folder, name);
  for (const image of digitImages(count)) {
    mkdirSync(join(home, image.name, '..'), { recursive: true });
    writeFileSync(join(home, image.name), image.bytes);
  }
  writeFileSync(join(home, '.DS_Store'), 'hidden');
  writeFileSync(join(home, 'notes.txt'), 'about the digits');
  return home;
}

/** Drops files or folders of the disk in the middle of the page, as a file manager does. */
async function drop(at: Page, paths: readonly string[]): Promise<void> {
  const client = await at.createCDPSession();
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await client.send('Input.dispatchDragEvent', { type, x: 700, y: 400, data });
  await client.detach();
}

async function fetchModel(at: Page, url: string): Promise<void> {
  const input = await find(at, '>>> tw-model-drop >>> input[type="url"]');
  await input.evaluate((element, text) => {
    (element as HTMLInputElement).value = text;
    (element as HTMLInputElement).form!.requestSubmit();
  }, url);
}
