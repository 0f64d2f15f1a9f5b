/** IDX files, as the MNIST set uses them, plain or gzipped: two zeros, a type, a rank, sizes and elements, big-endian. */
import { ModelFileError, type ModelFileFault } from '../errors.js';
import { baseName, type ModelFile } from '../file.js';
import { byteLengthOf, describeType, type ElementType, elementCount, isCountable, type Tensor } from '../tensor.js';
import { swapped } from './byte-order.js';
import { gunzipped } from './inflate.js';

const types: ReadonlyMap<number, ElementType> = new Map([
  [0x08, 'u8'],
  [0x09, 'i8'],
  [0x0b, 'i16'],
  [0x0c, 'i32'],
  [0x0d, 'f32'],
  [0x0e, 'f64'],
]);

/** Whether a file begins as an uncompressed IDX file does. */
export function isIdx(bytes: Uint8Array): boolean {
  return bytes[0] === 0 && bytes[1] === 0 && types.has(bytes[2] ?? 0) && bytes[3] !== 0;
}

/**
 * The array of a file; bytes of a plain file of single bytes are a view.
 * @throws ModelFileError
 */
export function readIdx(given: ModelFile): Tensor {
  const { name, bytes } = gunzipped(given);
  const fail = (code: ModelFileFault, field: string, rule: string): never => {
    throw new ModelFileError(code, given.name, field, rule);
  };
  if (bytes.length < 4) fail('truncated', 'magic', `takes 4 bytes, but there are ${bytes.length}`);
  if (bytes[0] !== 0 || bytes[1] !== 0) fail('unknown-format', 'magic', 'does not begin with two zero bytes');
  const type = types.get(bytes[2]!) ?? fail('unsupported-type', 'type', `is ${bytes[2]}; 8, 9 and 11 to 14 exist`);
  const rank = bytes[3]!;
  if (rank < 1 || rank > 8) fail('bad-shape', 'rank', `is ${rank}; 1 to 8 are read`);
  const start = 4 + 4 * rank;
  if (bytes.length < start) fail('truncated', 'sizes', `take ${4 * rank} bytes, but ${bytes.length - 4} follow`);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const dims = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  if (!isCountable(dims)) fail('bad-shape', 'sizes', `are ${dims.join(' × ')}, which is 2⁵³ elements or more`);
  const data = bytes.subarray(start);
  const length = byteLengthOf(type, elementCount(dims));
  if (data.length !== length) {
    const code = data.length < length ? 'truncated' : 'size-mismatch';
    fail(code, 'data', `has ${data.length} bytes, but ${describeType(type, dims)} needs ${length}`);
  }
  const elementBytes = byteLengthOf(type, 1);
  return { name: baseName(name), type, dims, bytes: elementBytes > 1 ? swapped(data, elementBytes) : data };
}
