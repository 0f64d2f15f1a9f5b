/** Tensors whose bytes lie in further files: where, and whether that place may be read. */
import { quoted } from '../errors.js';
import { baseName, type ModelFile } from '../file.js';
import type { TensorProto } from './gen/onnx_pb.js';
import type { Place } from './place.js';

/** The keys that the format lists. Anything else is refused, since it would change what is meant. */
const keys = ['location', 'offset', 'length', 'checksum', 'basepath'];

/** A location within the folder of the model, `/` between parts. */
export function locationOf(tensor: TensorProto, place: Place): string {
  const location = entriesOf(tensor, place).get('location') ?? '';
  const at = place.field('external_data.location');
  if (location === '') at.fail('missing-field', 'is empty, but must name the file with the bytes');
  if (/^([/\\]|[A-Za-z][A-Za-z0-9+.-]*:)/.test(location)) {
    at.fail('unsafe-path', `is ${quoted(location)}, but only paths relative to the model are read`);
  }
  const parts = location.split(/[/\\]/).filter((part) => part !== '' && part !== '.');
  if (parts.includes('..') || parts.length === 0 || location.includes('\0')) {
    at.fail('unsafe-path', `is ${quoted(location)}, which leads out of the folder of the model`);
  }
  return parts.join('/');
}

/**
 * The bytes of a tensor in another file, as a view.
 * @param needed what shape and type ask for.
 * @throws ModelFileError `unsafe-path`, `missing-file`, `out-of-range`, `size-mismatch` and for malformed entries.
 */
export function externalBytes(
  tensor: TensorProto,
  needed: number,
  place: Place,
  companions: readonly ModelFile[],
): Uint8Array<ArrayBuffer> {
  const location = locationOf(tensor, place);
  const entries = entriesOf(tensor, place);
  const offset = numberOf(entries.get('offset') ?? '0', place.field('external_data.offset'));
  const length = numberOf(entries.get('length') ?? String(needed), place.field('external_data.length'));
  if (length !== needed) {
    place.field('external_data.length').fail('size-mismatch', `is ${length}, but shape and type need ${needed} bytes`);
  }
  const found = companionOf(location, place.file, companions);
  if (found === undefined) {
    place.fail(
      'missing-file',
      `lies in the file ${quoted(location)}, which was not given; open it together with the model`,
    );
  }
  if (offset > found.bytes.length || length > found.bytes.length - offset) {
    const rule = `asks for bytes ${offset} to ${offset + length} of ${quoted(location)}, which has ${found.bytes.length}`;
    place.field('external_data').fail('out-of-range', rule);
  }
  return found.bytes.subarray(offset, offset + length);
}

/** By path from the model's folder first; a file picker gives bare names, so the last part counts where it is unique. */
function companionOf(location: string, model: string, companions: readonly ModelFile[]): ModelFile | undefined {
  const folder = model.slice(0, model.length - baseName(model).length);
  const exact = companions.find(({ name }) => name === `${folder}${location}` || name === location);
  if (exact !== undefined) return exact;
  const alike = companions.filter(({ name }) => name === baseName(location));
  return alike.length === 1 ? alike[0] : undefined;
}

function entriesOf(tensor: TensorProto, place: Place): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  for (const { key, value } of tensor.externalData) {
    const at = place.field('external_data');
    if (!keys.includes(key))
      at.fail('bad-value', `has the key ${quoted(key)}, but only ${keys.join(', ')} are defined`);
    if (entries.has(key)) at.fail('duplicate-name', `has the key ${quoted(key)} twice`);
    entries.set(key, value);
  }
  return entries;
}

function numberOf(text: string, place: Place): number {
  if (/^-\d+$/.test(text)) place.fail('out-of-range', `is ${text}, but must be 0 or more`);
  if (!/^\d+$/.test(text)) place.fail('bad-value', `is ${quoted(text)}, but must be an integer`);
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : place.fail('out-of-range', `is ${text}, beyond the end of any file`);
}
