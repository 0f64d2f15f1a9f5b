@group(0) @binding(4) var<storage, read> X: array<ColumnElement>;
@group(0) @binding(5) var<storage, read_write> C: array<ColumnElement>;
