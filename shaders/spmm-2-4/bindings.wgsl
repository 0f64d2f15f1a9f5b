@group(0) @binding(1) var<storage, read> values: array<vec4u>;
@group(0) @binding(2) var<storage, read> indices: array<u32>;
@group(0) @binding(3) var<storage, read> X: array<ColumnElement>;
@group(0) @binding(4) var<storage, read_write> C: array<ColumnElement>;
