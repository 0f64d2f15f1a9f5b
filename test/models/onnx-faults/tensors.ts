/** Faults of tensors: types, shapes and bytes that do not fit, and external data that must not or cannot be read. */
import type { ModelFileFault } from '../../../src/models/errors.js';
import type { ModelFile } from '../../../src/models/file.js';
import { bytesOf, external, type Fault, fault, tensor, varint } from '../../support/onnx-model.js';

/** The first weight replaced. */
function weight(what: string, code: ModelFileFault, field: string, replacement: Parameters<typeof tensor>): Fault {
  const path = field === '' ? 'graph.initializer[0] "W"' : `graph.initializer[0] "W".${field}`;
  return fault(what, code, path, ({ graph }) => (graph.initializer[0] = tensor(...replacement)));
}

const raw = (length: number): { rawData: Uint8Array<ArrayBuffer> } => ({ rawData: new Uint8Array(length) });

export const tensors: readonly Fault[] = [
  weight('an unknown element type', 'unsupported-type', 'data_type', ['W', 99, [4n, 3n], raw(48)]),
  weight('no element type', 'unsupported-type', 'data_type', ['W', 0, [4n, 3n], raw(48)]),
  weight('a negative dimension', 'bad-shape', 'dims', ['W', 1, [-4n, 3n], raw(48)]),
  weight('a dimension of 2⁶²', 'bad-shape', 'dims', ['W', 1, [2n ** 62n], raw(48)]),
  weight('more elements than can be counted', 'bad-shape', 'dims', ['W', 1, [2n ** 40n, 2n ** 40n], raw(48)]),
  weight('raw_data too short', 'size-mismatch', 'raw_data', ['W', 1, [4n, 3n], raw(47)]),
  weight('raw_data too long', 'size-mismatch', 'raw_data', ['W', 1, [4n, 3n], raw(52)]),
  weight('a huge shape without elements', 'missing-field', '', ['W', 1, [2n ** 50n]]),
  weight('float_data too short', 'size-mismatch', 'float_data', [
    'W',
    1,
    [4n, 3n],
    { floatData: [new Uint8Array(44)] },
  ]),
  weight('int64_data too long', 'size-mismatch', 'int64_data', ['W', 7, [1n], { int64Data: [Uint8Array.of(1, 2)] }]),
  weight('a huge shape and one integer', 'size-mismatch', 'int32_data', [
    'W',
    6,
    [2n ** 50n],
    { int32Data: [Uint8Array.of(1)] },
  ]),
  weight('int32_data that ends early', 'malformed', 'int32_data', [
    'W',
    6,
    [1n],
    { int32Data: [Uint8Array.of(1, 0x80)] },
  ]),
  weight('int4 with one byte per element', 'size-mismatch', 'raw_data', ['W', 22, [5n], raw(5)]),
  weight('int4 without the padded byte', 'size-mismatch', 'raw_data', ['W', 22, [5n], raw(2)]),
  weight('uint4 with one integer per element', 'size-mismatch', 'int32_data', [
    'W',
    21,
    [3n],
    { int32Data: [Uint8Array.of(1, 2, 3)] },
  ]),
  weight('uint4 with more than a byte in an integer', 'bad-value', 'int32_data', [
    'W',
    21,
    [2n],
    { int32Data: [Uint8Array.of(0x80, 2)] },
  ]),
  weight('an int8 beyond its range', 'bad-value', 'int32_data', [
    'W',
    3,
    [1n],
    { int32Data: [Uint8Array.of(0xac, 2)] },
  ]),
  weight('an int32 beyond its range', 'bad-value', 'int32_data', [
    'W',
    6,
    [1n],
    { int32Data: [Uint8Array.from(varint(2 ** 33))] },
  ]),
  weight('a bool that is 2', 'bad-value', 'int32_data', ['W', 9, [1n], { int32Data: [Uint8Array.of(2)] }]),
  weight('elements twice', 'bad-value', '', ['W', 1, [3n], { ...raw(12), floatData: [new Uint8Array(12)] }]),
  weight('elements in the field of another type', 'bad-value', 'float_data', [
    'W',
    6,
    [3n],
    { floatData: [new Uint8Array(12)] },
  ]),
  weight('text as raw_data', 'bad-value', 'raw_data', ['W', 8, [3n], raw(12)]),
  weight('too few texts', 'size-mismatch', 'string_data', ['W', 8, [3n], { stringData: [Uint8Array.of(65)] }]),
  weight('a part of a tensor', 'unsupported-version', 'segment', [
    'W',
    1,
    [3n],
    { ...raw(12), segment: { begin: 0n, end: 1n } },
  ]),
  weight('an unknown place', 'bad-value', 'data_location', ['W', 1, [3n], { ...raw(12), dataLocation: 7 }]),
];

/** What external data may be read from: five floats. */
export const companions: readonly ModelFile[] = [
  { name: 'weights.bin', bytes: bytesOf(Float32Array.of(1, 2, 3, 4, 5)) },
];

function outside(what: string, code: ModelFileFault, field: string, entries: Readonly<Record<string, string>>): Fault {
  return fault(what, code, `graph.initializer[0] "E"${field}`, ({ graph }) =>
    graph.initializer.unshift(external(entries)),
  );
}

export const externals: readonly Fault[] = [
  ...[
    '..',
    '../weights.bin',
    'a/../../weights.bin',
    '..\\weights.bin',
    '/etc/passwd',
    '\\\\host\\share',
    'C:\\weights.bin',
    'file:///etc/passwd',
    '.',
  ].map((location) => outside(`the path ${location}`, 'unsafe-path', '.external_data.location', { location })),
  outside('no path', 'missing-field', '.external_data.location', { offset: '0' }),
  outside('a file that was not given', 'missing-file', '', { location: 'other.bin' }),
  outside('a negative offset', 'out-of-range', '.external_data.offset', { location: 'weights.bin', offset: '-4' }),
  outside('an offset that is no number', 'bad-value', '.external_data.offset', {
    location: 'weights.bin',
    offset: '4.5',
  }),
  outside('an offset beyond 2⁵³', 'out-of-range', '.external_data.offset', {
    location: 'weights.bin',
    offset: '99999999999999999999',
  }),
  outside('an offset past the end', 'out-of-range', '.external_data', { location: 'weights.bin', offset: '24' }),
  outside('a length past the end', 'out-of-range', '.external_data', { location: 'weights.bin', offset: '8' }),
  outside('a length that does not fit the shape', 'size-mismatch', '.external_data.length', {
    location: 'weights.bin',
    length: '20',
  }),
  outside('a negative length', 'out-of-range', '.external_data.length', { location: 'weights.bin', length: '-16' }),
  outside('a key that is not defined', 'bad-value', '.external_data', { location: 'weights.bin', url: 'x' }),
  fault('a key twice', 'duplicate-name', 'graph.initializer[0] "E".external_data', ({ graph }) => {
    const twice = external({ location: 'weights.bin' });
    twice.externalData.push(twice.externalData[0]!);
    graph.initializer.unshift(twice);
  }),
  fault('elements here and there', 'bad-value', 'graph.initializer[0] "E"', ({ graph }) => {
    graph.initializer.unshift({ ...external({ location: 'weights.bin' }), rawData: new Uint8Array(16) });
  }),
];
