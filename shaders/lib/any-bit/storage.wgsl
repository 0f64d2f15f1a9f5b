@group(0) @binding(1) var<storage, read> A: array<vec4f>;
@group(0) @binding(3) var<storage, read> scales: array<f32>;
@group(0) @binding(4) var<storage, read> zeroPoints: array<u32>;
@group(0) @binding(5) var<storage, read_write> C: array<f32>;

// Scales of a group for columns col … col+3; columns past the end repeat the last one.
fn loadScales(group: u32, col: u32) -> vec4f {
  let at = vec4u(group * shape.n) + min(vec4u(col, col + 1u, col + 2u, col + 3u), vec4u(shape.n - 1u));
  return vec4f(scales[at.x], scales[at.y], scales[at.z], scales[at.w]);
}

// Zero points of a group for columns col … col+3, col a multiple of 4, on top of 2²³ as `decode` wants them.
fn loadZeroPoints(group: u32, col: u32) -> vec4f {
  let word = zeroPoints[group * ((shape.n + 3u) / 4u) + min(col, shape.n - 1u) / 4u];
  return bitcast<vec4f>(((vec4u(word) >> vec4u(0, 8, 16, 24)) & vec4u(0xff)) | vec4u(0x4b000000));
}

fn store(index: u32, value: f32) { C[index] = value; }
