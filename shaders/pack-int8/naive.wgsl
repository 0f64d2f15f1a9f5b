@group(0) @binding(1) var<storage, read> x: array<i32>;
@group(0) @binding(2) var<storage, read> zero: array<i32>;
@group(0) @binding(3) var<storage, read_write> y: array<u32>;

fn codeAt(at: u32) -> i32 { return x[at]; }
