/** Images sorted into a folder per class, or a zip of them, as one array and its labels. */
import { readZipDirectory, unzip } from '../../models/data/zip.js';
import type { InputCard } from '../../worker/models-api.js';
import { bytesOf, type Given } from './given-files.js';

export interface Images {
  readonly file: Given;
  /** Absent where all images lie in one folder. */
  readonly labels?: Given;
  /** The folders by the number of their class. */
  readonly classes: readonly string[];
}

/** What one image becomes. */
interface Geometry {
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
  /** Channels last, as some exporters have it. */
  readonly last: boolean;
}

const imageName = /\.(png|jpe?g|webp|gif|bmp)$/i;
const mostBytes = 2 ** 30;

/** Whether files are images, or an archive that may hold some. */
export function areImages(files: readonly Given[]): boolean {
  return files.length > 0 && files.every(({ name }) => imageName.test(name) || /\.zip$/i.test(name));
}

/**
 * Decodes images, scaled to what the input takes, bytes from 0 to 255. Classes are numbered by the names of their folders in
 * alphabetical order, and taken in turns, so that a part from the start holds all of them.
 * @param limit most images that are taken.
 * @throws Error naming the file and what is wrong with it; ModelFileError for archives.
 */
export async function readImages(
  given: readonly Given[],
  input: InputCard | undefined,
  limit: number | undefined,
  progress: (done: number, of: number) => void,
): Promise<Images> {
  const found = (await Promise.all(given.map(unpacked))).flat();
  const images = inTurns(found.filter(({ name }) => imageName.test(name) && !/(^|\/)[._]/.test(name)));
  const chosen = images.slice(0, limit);
  const [first] = chosen;
  if (!first) throw new Error(`${given[0]!.name}: there are no images in it (png, jpeg, webp, gif or bmp).`);
  const geometry = await geometryOf(input, first);
  const { channels, height, width, last } = geometry;
  const size = channels * height * width;
  if (size * chosen.length > mostBytes) {
    const most = Math.floor(mostBytes / size);
    throw new Error(`${chosen.length} images of ${width} × ${height} take more than 1 GiB. Use at most ${most} items.`);
  }
  const pixels = new Uint8Array(size * chosen.length);
  const canvas = new OffscreenCanvas(width, height);
  for (const [i, image] of chosen.entries()) {
    if (i % 16 === 0) progress(i, chosen.length);
    await draw(image, geometry, canvas, pixels.subarray(i * size, (i + 1) * size));
  }
  const dims = last ? [height, width, channels] : [channels, height, width];
  const classes = [...new Set(chosen.map(classOf))].sort();
  const file = { name: 'images.npy', blob: new Blob([npy('|u1', [chosen.length, ...dims], pixels)]) };
  if (classes.length < 2) return { file, classes };
  const labels = Int32Array.from(chosen, (image) => classes.indexOf(classOf(image)));
  const bytes = npy('<i4', [labels.length], new Uint8Array(labels.buffer));
  return { file, labels: { name: 'labels.npy', blob: new Blob([bytes]) }, classes };
}

async function unpacked(file: Given): Promise<readonly Given[]> {
  if (!/\.zip$/i.test(file.name)) return [file];
  const archive = await bytesOf(file);
  return readZipDirectory(archive)
    .filter(({ name }) => imageName.test(name))
    .map((entry) => ({ name: entry.name, blob: new Blob([unzip(archive, entry)]) }));
}

/** The folder that a file lies in. */
function classOf({ name }: Given): string {
  return name.split('/').at(-2) ?? '';
}

function inTurns(images: readonly Given[]): readonly Given[] {
  const counts = new Map<string, number>();
  return [...images]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((image) => {
      const turn = counts.get(classOf(image)) ?? 0;
      counts.set(classOf(image), turn + 1);
      return { image, turn };
    })
    .sort((a, b) => a.turn - b.turn)
    .map(({ image }) => image);
}

/** What the input states; what it leaves open is taken from the first image. */
async function geometryOf(input: InputCard | undefined, first: Given): Promise<Geometry> {
  const dims = input?.dims ?? [];
  if (dims.length !== 4) {
    const shape = `[${dims.map((dim) => dim ?? '?').join(', ')}]`;
    throw new Error(`The model takes ${shape}, but images need an input of four dimensions.`);
  }
  const last = dims[1] !== 1 && dims[1] !== 3 && (dims[3] === 1 || dims[3] === 3);
  const [height, width, channels] = last ? dims.slice(1) : [dims[2], dims[3], dims[1]];
  const own = await decoded(first);
  const size = (dim: number | string | undefined, otherwise: number): number =>
    typeof dim === 'number' ? dim : otherwise;
  const geometry = {
    channels: channels === 1 ? 1 : 3,
    height: size(height, own.height),
    width: size(width, own.width),
    last,
  } as const;
  own.close();
  return geometry;
}

async function decoded({ name, blob }: Given, resize: ImageBitmapOptions = {}): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(blob, { colorSpaceConversion: 'none', premultiplyAlpha: 'none', ...resize });
  } catch {
    throw new Error(`${name}: the image cannot be decoded. Remove it, or save it as PNG or JPEG.`);
  }
}

/** Grey is the luma of ITU-R BT.601. */
async function draw(image: Given, geometry: Geometry, canvas: OffscreenCanvas, to: Uint8Array): Promise<void> {
  const { channels, height, width, last } = geometry;
  const bitmap = await decoded(image, { resizeWidth: width, resizeHeight: height, resizeQuality: 'high' });
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.clearRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  const area = width * height;
  for (let p = 0; p < area; p++) {
    const [r, g, b] = [data[4 * p]!, data[4 * p + 1]!, data[4 * p + 2]!];
    if (channels === 1) {
      to[p] = Math.round(0.299 * r + 0.587 * g + 0.114 * b);
      continue;
    }
    for (const [c, value] of [r, g, b].entries()) to[last ? 3 * p + c : c * area + p] = value;
  }
}

/** A .npy file, version 1.0. */
function npy(descr: string, dims: readonly number[], data: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const shape = dims.length === 1 ? `(${dims[0]},)` : `(${dims.join(', ')})`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;
  const header = `${text.padEnd(Math.ceil((11 + text.length) / 64) * 64 - 11)}\n`;
  const file = new Uint8Array(10 + header.length + data.length);
  file.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
  file.set(new TextEncoder().encode(header), 10);
  file.set(data, 10 + header.length);
  return file;
}
