/** A model in several safetensors files, tied together by `model.safetensors.index.json`. */
import { ModelFileError, type ModelFileFault, quoted } from '../errors.js';
import type { ModelFile } from '../file.js';
import type { MetadataValue, TensorFile } from '../tensor.js';
import { fileNamed, type StoredTensor, type TensorIndex, type UnreadTensor, viewTensors } from '../tensor-index.js';
import { decodeUtf8, parseJson } from './json.js';
import { indexOf, isObject, safetensorsLimits } from './read.js';

/** What an index file says. */
export interface ShardMap {
  /** File that holds each tensor. */
  readonly files: ReadonlyMap<string, string>;
  readonly metadata: ReadonlyMap<string, MetadataValue>;
}

/** @throws ModelFileError naming the index file, the field and the rule. */
export function readShardMap({ name: file, bytes }: ModelFile): ShardMap {
  const failAt =
    (field: string) =>
    (code: ModelFileFault, rule: string): never => {
      throw new ModelFileError(code, file, field, rule);
    };
  const fail = failAt('the index');
  if (bytes.length > safetensorsLimits.headerBytes) {
    fail('too-large', `has ${bytes.length} bytes; at most ${safetensorsLimits.headerBytes} are read`);
  }
  const index = parseJson(decodeUtf8(bytes, fail), fail);
  if (!isObject(index)) return fail('malformed', 'is no JSON object');
  const map = index.get('weight_map') ?? failAt('weight_map')('missing-field', 'is absent');
  if (!isObject(map)) return failAt('weight_map')('bad-value', 'is no JSON object');
  const files = new Map<string, string>();
  for (const [tensor, shard] of map) {
    const at = failAt(`weight_map ${quoted(tensor)}`);
    if (typeof shard !== 'string' || shard === '') return at('bad-value', 'names no file');
    if (/[/\\\0:]/.test(shard) || shard === '.' || shard === '..') {
      at('unsafe-path', `is ${quoted(shard)}, but only files in the folder of the index are read`);
    }
    files.set(tensor, shard);
  }
  const metadata = new Map<string, MetadataValue>();
  const given = index.get('metadata');
  if (isObject(given)) {
    for (const [key, value] of given) if (value !== null && typeof value !== 'object') metadata.set(key, value);
  }
  return { files, metadata };
}

/** Names of the files that an index refers to, each once. */
export function shardsOf({ files }: ShardMap): readonly string[] {
  return [...new Set(files.values())];
}

/**
 * The tensors of all shards as one index, in the order of the index file.
 * @param shards the index of each shard by the name that the index file uses.
 * @throws ModelFileError `missing-file` for a shard, `dangling` for a tensor that its shard does not hold.
 */
function joinShards(file: string, map: ShardMap, shards: ReadonlyMap<string, TensorIndex>): TensorIndex {
  const held = new Map([...shards].map(([shard, { entries }]) => [shard, new Map(entries.map((e) => [e.name, e]))]));
  const hidden = new Map([...shards].map(([shard, { unread }]) => [shard, new Map(unread.map((u) => [u.name, u]))]));
  const entries: StoredTensor[] = [];
  const unread: UnreadTensor[] = [];
  for (const [name, shard] of map.files) {
    const field = `weight_map ${quoted(name)}`;
    if (!shards.has(shard)) {
      throw new ModelFileError('missing-file', file, field, `is in ${quoted(shard)}, which was not given; give it too`);
    }
    const entry = held.get(shard)?.get(name);
    const other = hidden.get(shard)?.get(name);
    if (entry) entries.push(entry);
    else if (other) unread.push(other);
    else throw new ModelFileError('dangling', file, field, `is said to be in ${quoted(shard)}, which does not hold it`);
  }
  const spare = [...shards.values()].reduce((sum, shard) => sum + shard.entries.length + shard.unread.length, 0);
  const left = spare - map.files.size;
  const metadata = new Map([...map.metadata, ...[...shards.values()].flatMap((shard) => [...shard.metadata])]);
  const remarks = [...shards.values()].flatMap((shard) => shard.remarks);
  if (left > 0) remarks.push(`${left} tensors of the shards are not in the index and are left out.`);
  return { format: 'safetensors', entries, unread, metadata, remarks };
}

/**
 * Reads an index file and its shards in memory; tensors are views.
 * @param files given together with the index, under any folder.
 */
export function readShardedSafetensors(index: ModelFile, files: readonly ModelFile[]): TensorFile {
  const map = readShardMap(index);
  const shards = new Map<string, TensorIndex>();
  const used: ModelFile[] = [];
  for (const shard of shardsOf(map)) {
    const file = fileNamed(files, shard);
    if (!file) continue;
    used.push(file);
    shards.set(shard, indexOf(file));
  }
  return viewTensors(joinShards(index.name, map, shards), used);
}
