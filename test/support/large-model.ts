/** An ONNX file of any size: a product with one weight of zeros, which lie at its end and take no room on most disks. */
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';

type Bytes = readonly number[];

/** A varint. Source: Protocol Buffers, Encoding. */
function varint(value: number): Bytes {
  return value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
}

const number = (field: number, value: number): Bytes => [...varint(field * 8), ...varint(value)];
/** @param more bytes that follow the given ones and belong to the record. */
const record = (field: number, bytes: Bytes, more = 0): Bytes => [
  ...varint(field * 8 + 2),
  ...varint(bytes.length + more),
  ...bytes,
];
const text = (field: number, value: string): Bytes => record(field, [...Buffer.from(value)]);

function value(name: string, dims: readonly number[]): Bytes {
  const shape = dims.flatMap((dim) => record(1, number(1, dim)));
  const tensor = [...number(1, 1), ...record(2, shape)];
  return [...text(1, name), ...record(2, record(1, tensor))];
}

/** Writes y[1, columns] = x[1, rows] · w[rows, columns] of f32. @returns the file's bytes. */
export function writeLargeModel(path: string, rows: number, columns: number): number {
  const weights = 4 * rows * columns;
  const node = [...text(1, 'x'), ...text(1, 'w'), ...text(2, 'y'), ...text(4, 'MatMul')];
  // Whatever is last may be continued by zeros: the data in the tensor, the tensor in the graph, the graph in the model.
  const data = record(9, [], weights);
  const tensor = [...number(1, rows), ...number(1, columns), ...number(2, 1), ...text(8, 'w'), ...data];
  const graph = [
    ...record(1, node),
    ...text(2, 'large'),
    ...record(11, value('x', [1, rows])),
    ...record(12, value('y', [1, columns])),
    ...record(5, tensor, weights),
  ];
  const head = Uint8Array.from([...number(1, 8), ...record(8, number(2, 17)), ...record(7, graph, weights)]);
  const file = openSync(path, 'w');
  writeSync(file, head);
  ftruncateSync(file, head.length + weights);
  closeSync(file);
  return head.length + weights;
}
