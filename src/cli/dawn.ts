/** WebGPU in Node through Dawn (`webgpu` package), on a real driver where there is one, else on Chromium's SwiftShader. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { errorText } from '../kernel/outcome.js';

/** Where Linux distributions keep the SwiftShader that comes with Chromium or Chrome. */
const browserFolders = [
  '/usr/lib/chromium',
  '/usr/lib/chromium-browser',
  '/usr/lib64/chromium-browser',
  '/opt/google/chrome',
];

/**
 * The implementation must stay referenced for the life of the process: when it is collected, Dawn's devices die with it
 * (seen with webgpu 0.6.2; can go when the package holds it itself).
 */
const kept: GPU[] = [];

export interface DawnOptions {
  /** Dawn's default of 65,536 ns steps, as in a visitor's browser, instead of 1 ns. */
  readonly coarseTimestamps?: boolean;
  /** Folder of a Chromium whose SwiftShader serves where no driver is found. */
  readonly chromiumFolder?: string;
}

/** @throws Error saying what to install where there is no package or no adapter. */
export async function dawnGpu(options: DawnOptions = {}): Promise<GPU> {
  const own = await usable(options);
  if (own) return own;
  const { env } = process;
  const mayChoose = process.platform === 'linux' && !env.VK_ICD_FILENAMES && !env.VK_DRIVER_FILES;
  if (mayChoose) {
    const folders = [...(options.chromiumFolder ? [options.chromiumFolder] : []), ...browserFolders];
    const file = folders.map((folder) => join(folder, 'vk_swiftshader_icd.json')).find(existsSync);
    if (file) {
      env.VK_ICD_FILENAMES = file;
      const software = await usable(options);
      if (software) return software;
    }
  }
  throw new Error(
    'Dawn found no adapter. Install a Vulkan driver (Mesa 23 or later also brings a software one), or Chromium, whose SwiftShader serves.',
  );
}

async function usable(options: DawnOptions): Promise<GPU | undefined> {
  let create: (flags: string[]) => GPU;
  try {
    ({ create } = await import('webgpu'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') {
      throw new Error(
        'The Dawn runtime needs the package webgpu: npm install webgpu. Or use --runtime chromium, which needs puppeteer-core.',
      );
    }
    throw new Error(`The package webgpu does not load: ${errorText(error)}`);
  }
  const flags = options.coarseTimestamps ? [] : ['disable-dawn-features=timestamp_quantization'];
  const gpu = create([...flags, 'enable-dawn-features=allow_unsafe_apis']);
  kept.push(gpu);
  return (await gpu.requestAdapter({ powerPreference: 'high-performance' })) ? gpu : undefined;
}
