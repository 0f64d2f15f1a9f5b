/** Images as data: decoded by the browser, scaled to what the model takes, bytes from 0 to 255. */
import { classesOf, classOf, imageKinds, inTurns, isArchive, isImage } from '../../models/data/images.js';
import { readZipDirectory, unzip } from '../../models/data/zip.js';
import type { ModelFile } from '../../models/file.js';
import type { Model } from '../../models/graph.js';
import { type DataSet, readLabels } from '../../models/quantize/data.js';
import { QuantizeError } from '../../models/quantize/errors.js';
import type { OpenDataRequest } from '../models-api.js';

/** What one image becomes. */
interface Geometry {
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
  /** Channels last, as some exporters have it. */
  readonly last: boolean;
}

interface DecodedImages {
  readonly set: DataSet;
  /** Empty where all images lie in one folder. */
  readonly classes: readonly string[];
}

const mostBytes = 2 ** 30;

/** The images among the files and in archives of them; undefined where the files are something else, such as arrays. */
export function imagesIn(files: readonly ModelFile[]): readonly ModelFile[] | undefined {
  if (!files.every((file) => isArchive(file) || isImage(file))) return undefined;
  const images = files.flatMap((file) => (isArchive(file) ? unpacked(file) : [file]));
  return images.length === 0 && files.some(holdsArrays) ? undefined : images;
}

function unpacked(archive: ModelFile): readonly ModelFile[] {
  return readZipDirectory(archive)
    .filter(isImage)
    .map((entry) => ({ name: entry.name, bytes: unzip(archive, entry) }));
}

function holdsArrays(archive: ModelFile): boolean {
  return readZipDirectory(archive).some(({ name }) => name.endsWith('.npy'));
}

/**
 * Decodes images and numbers their classes by `classesOf`. Grey is the luma of ITU-R BT.601.
 * @param say hears how many are done.
 * @throws QuantizeError naming the file and what is wrong with it.
 */
export async function decodeImages(
  images: readonly ModelFile[],
  { files, labels, limit, classes: stated }: OpenDataRequest,
  model: Model,
  say: (done: number, of: number) => void,
): Promise<DecodedImages> {
  const { name } = files[0]!;
  if (images.length === 0) throw new QuantizeError('bad-data', name, `holds no images (${imageKinds})`);
  if (typeof createImageBitmap === 'undefined' || typeof OffscreenCanvas === 'undefined') {
    const rule = 'is to be decoded by a browser: use the Chromium runtime, or give the images as a .npy array';
    throw new QuantizeError('bad-data', images[0]!.name, rule);
  }
  const classes = stated ?? classesOf(images);
  const chosen = inTurns(images, limit);
  const geometry = await geometryOf(model, chosen[0]!);
  const { channels, height, width, last } = geometry;
  const size = channels * height * width;
  if (size * chosen.length > mostBytes) {
    const most = Math.floor(mostBytes / size);
    const rule = `with others are ${chosen.length} images of ${width} × ${height}, more than 1 GiB; use at most ${most} items`;
    throw new QuantizeError('bad-data', chosen[0]!.name, rule);
  }
  const pixels = new Uint8Array(size * chosen.length);
  const canvas = new OffscreenCanvas(width, height);
  for (const [i, image] of chosen.entries()) {
    if (i % 16 === 0) say(i, chosen.length);
    await draw(image, geometry, canvas, pixels.subarray(i * size, (i + 1) * size));
  }
  const dims = last ? [height, width, channels] : [channels, height, width];
  const tensor = { name: 'images', type: 'u8', dims: [chosen.length, ...dims], bytes: pixels } as const;
  const set = { name: files.length === 1 ? name : 'images', count: chosen.length, dims, type: tensor.type, tensor };
  if (classes.length >= 2) {
    return { set: { ...set, labels: Int32Array.from(chosen, (image) => classOf(image, classes)) }, classes };
  }
  return { set: labels ? { ...set, labels: labelsFor(labels, images.length, chosen.length) } : set, classes: [] };
}

/** Labels of images in one folder, in the order of their names. */
function labelsFor(file: ModelFile, of: number, taken: number): Int32Array<ArrayBuffer> {
  const labels = readLabels(file);
  if (labels.length === of) return Int32Array.from({ length: taken }, (_, i) => labels[i]!);
  throw new QuantizeError('bad-data', file.name, `has ${labels.length} labels, but there are ${of} images`);
}

/** What the input states; what it leaves open is taken from the first image. */
async function geometryOf({ graph }: Model, first: ModelFile): Promise<Geometry> {
  const type = graph.inputs[0]?.type;
  const dims = (type?.kind === 'tensor' ? type.dims : undefined) ?? [];
  if (dims.length !== 4) {
    const shape = `[${dims.map((dim) => dim ?? '?').join(', ')}]`;
    throw new QuantizeError('bad-data', first.name, `is an image, but the model takes ${shape}, not four dimensions`);
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

async function decoded({ name, bytes }: ModelFile, resize: ImageBitmapOptions = {}): Promise<ImageBitmap> {
  try {
    const blob = new Blob([bytes]);
    return await createImageBitmap(blob, { colorSpaceConversion: 'none', premultiplyAlpha: 'none', ...resize });
  } catch {
    throw new QuantizeError('bad-data', name, 'cannot be decoded; remove the image, or save it as PNG or JPEG');
  }
}

async function draw(image: ModelFile, geometry: Geometry, canvas: OffscreenCanvas, to: Uint8Array): Promise<void> {
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
