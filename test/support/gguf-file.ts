/** Builds GGUF files, right and wrong ones, for tests. */
import { join, le, utf8 } from './bytes.js';

/** Numbers of the value types. */
export const valueTypes = {
  u8: 0,
  i8: 1,
  u16: 2,
  i16: 3,
  u32: 4,
  i32: 5,
  f32: 6,
  bool: 7,
  string: 8,
  array: 9,
  u64: 10,
  i64: 11,
  f64: 12,
} as const;

/** Text after its length. */
export function text(value: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = typeof value === 'string' ? utf8(value) : value;
  return join(le(bytes.length, 8), bytes);
}

/** A key, its type and its encoded value. */
export function pair(
  key: string | Uint8Array,
  type: keyof typeof valueTypes | number,
  value: Uint8Array,
): Uint8Array<ArrayBuffer> {
  return join(text(key), le(typeof type === 'number' ? type : valueTypes[type], 4), value);
}

/** An array's element type, count and encoded elements. */
export function array(
  type: keyof typeof valueTypes,
  items: readonly Uint8Array[],
  count: number | bigint = items.length,
): Uint8Array<ArrayBuffer> {
  return join(le(valueTypes[type], 4), le(count, 8), ...items);
}

export interface Info {
  readonly name?: string | Uint8Array;
  /** Fastest first, as the file holds them. */
  readonly dims?: readonly (number | bigint)[];
  readonly rank?: number;
  readonly type?: number;
  readonly offset?: number | bigint;
}

export interface Spec {
  readonly magic?: string;
  readonly version?: number;
  readonly tensorCount?: number | bigint;
  readonly pairCount?: number | bigint;
  readonly pairs?: readonly Uint8Array[];
  readonly infos?: readonly Info[];
  readonly alignment?: number;
  readonly data?: ArrayLike<number>;
}

export function gguf(spec: Spec = {}): { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> } {
  const { pairs = [], infos = [], alignment = 32, data = [] } = spec;
  const header = join(
    utf8(spec.magic ?? 'GGUF'),
    le(spec.version ?? 3, 4),
    le(spec.tensorCount ?? infos.length, 8),
    le(spec.pairCount ?? pairs.length, 8),
    ...pairs,
    ...infos.map(({ name = 'w', dims = [4], rank = dims.length, type = 0, offset = 0 }) =>
      join(text(name), le(rank, 4), ...dims.map((dim) => le(dim, 8)), le(type, 4), le(offset, 8)),
    ),
  );
  const padding = new Uint8Array((alignment - (header.length % alignment)) % alignment);
  return { name: 'model.gguf', bytes: join(header, padding, data) };
}
