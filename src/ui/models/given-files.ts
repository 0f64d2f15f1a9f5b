/** Files as a visitor gives them, told apart by name into model, what belongs to it, data, labels and reports. */
import { isArchive, isImage } from '../../models/data/images.js';
import type { OpenModelRequest } from '../../worker/models-api.js';

export type ModelFile = OpenModelRequest['file'];

/** Bytes stay where the browser keeps them until they are asked for, so a file can be opened again after a crash. */
export interface Given {
  /** With the path inside a folder. */
  readonly name: string;
  readonly blob: Blob;
}

export interface SortedFiles {
  readonly models: readonly Given[];
  readonly companions: readonly Given[];
  readonly data: readonly Given[];
  readonly labels: readonly Given[];
  readonly reports: readonly Given[];
}

export function given(file: File): Given {
  return { name: file.webkitRelativePath || file.name, blob: file };
}

const kinds: readonly (readonly [kind: keyof SortedFiles, pattern: RegExp])[] = [
  ['labels', /label.*\.(npy|csv|txt|idx|gz)$|label[^.]*ubyte(\.gz)?$/i],
  ['models', /\.(onnx|gguf|safetensors\.index\.json)$/i],
  ['data', /\.(npy|npz|csv|idx|zip|png|jpe?g|webp|gif|bmp)(\.gz)?$|ubyte(\.gz)?$/i],
  ['reports', /\.json$/i],
];

/**
 * A safetensors file is a model alone, and a shard beside an index; what fits no name is held for external data, and among
 * data, as a folder of images may hold, for nothing.
 */
export function sortFiles(files: readonly Given[]): SortedFiles {
  const sorted: Record<keyof SortedFiles, Given[]> = { models: [], companions: [], data: [], labels: [], reports: [] };
  for (const file of files) if (!isHidden(file)) sorted[kindOf(file.name)].push(file);
  const data = itemsAmong(sorted.data);
  if (sorted.models.length > 0) return { ...sorted, data };
  const models =
    data.length === 0 ? sorted.companions : sorted.companions.filter(({ name }) => /safetensors$/i.test(name));
  const [first, ...rest] = models;
  return { ...sorted, data, models: first ? [first] : [], companions: rest };
}

/** What systems leave in folders, and archives carry along. */
function isHidden({ name }: Given): boolean {
  return /(^|\/)(\.|__MACOSX\/|Thumbs\.db$|desktop\.ini$)/i.test(name);
}

/** Images, and archives that may hold some, where there are images; else the files as they are. */
export function itemsAmong(files: readonly Given[]): readonly Given[] {
  return files.some(isImage) ? files.filter((file) => isImage(file) || isArchive(file)) : files;
}

function kindOf(name: string): keyof SortedFiles {
  return kinds.find(([, pattern]) => pattern.test(name))?.[0] ?? 'companions';
}

/** Takes the bytes into memory, to be handed to the worker. @throws where the file has changed or gone. */
export async function bytesOf({ name, blob }: Given): Promise<ModelFile> {
  try {
    return { name, bytes: new Uint8Array(await blob.arrayBuffer()) };
  } catch {
    throw new Error(`${name} could not be read: it was moved, changed or is not allowed to be read. Choose it again.`);
  }
}

/** Fetches a file from an address that the visitor gave. @throws with what to do. */
export async function fetchFile(url: string, progress?: (bytes: number, of: number) => void): Promise<Given> {
  const name = decodeURIComponent(new URL(url, document.baseURI).pathname.split('/').at(-1) || 'model');
  const response = await fetch(url).catch(() => undefined);
  if (!response) {
    const why = 'the address cannot be reached, or its server does not allow other pages to read it (CORS)';
    throw new Error(`${url}: ${why}. Download the file and drop it here.`);
  }
  if (!response.ok) throw new Error(`${url}: the server answered ${response.status} ${response.statusText}.`);
  const total = Number(response.headers.get('content-length') ?? 0);
  if (!response.body || !progress) return { name, blob: await response.blob() };
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return { name, blob: new Blob(parts) };
    parts.push(value);
    bytes += value.length;
    progress(bytes, total);
  }
}
