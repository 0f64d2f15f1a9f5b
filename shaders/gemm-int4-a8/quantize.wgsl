// A in 8-bit codes: blocks of 32 along k in two vectors of words, the second meeting the high nibbles of the weights.
@group(0) @binding(6) var<storage, read_write> codesA: array<vec4u>;
// Scale per row and group; sum of codes per row and block of 32.
@group(0) @binding(7) var<storage, read_write> scalesA: array<f32>;
@group(0) @binding(8) var<storage, read_write> sumsA: array<i32>;

fn codesOf(value: vec4f, inverse: f32) -> vec4i { return vec4i(clamp(round(value * inverse), vec4f(-127), vec4f(127))); }

fn pack(codes: vec4i) -> u32 {
  let bytes = (bitcast<vec4u>(codes) & vec4u(0xff)) << vec4u(0, 8, 16, 24);
  return bytes.x | bytes.y | bytes.z | bytes.w;
}

// One invocation per row and group: largest magnitude, then codes. The division may round differently between devices; the
// reference allows for it. A group below 2⁻¹⁰⁰ counts as zeros, so that the quotient stays finite.
@compute @workgroup_size(64)
fn quantize(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = id.x + id.y * workgroups.x * 64u;
  let vectors = shape.groupSize / 4u;
  if (index >= shape.m * (shape.k / shape.groupSize)) { return; }
  var largest = vec4f();
  for (var i = 0u; i < vectors; i++) { largest = max(largest, abs(activations(index * vectors + i))); }
  let magnitude = max(max(largest.x, largest.y), max(largest.z, largest.w));
  let empty = magnitude < 0x1p-100;
  scalesA[index] = select(magnitude * (1.0 / 127.0), 0.0, empty);
  let inverse = select(127.0 / magnitude, 0.0, empty);
  for (var block = 0u; block < shape.groupSize / 32u; block++) {
    let at = index * vectors + block * 8u;
    let a = codesOf(activations(at), inverse);
    let b = codesOf(activations(at + 1u), inverse);
    let c = codesOf(activations(at + 2u), inverse);
    let d = codesOf(activations(at + 3u), inverse);
    let e = codesOf(activations(at + 4u), inverse);
    let f = codesOf(activations(at + 5u), inverse);
    let g = codesOf(activations(at + 6u), inverse);
    let h = codesOf(activations(at + 7u), inverse);
    codesA[at / 4u] = vec4u(pack(a), pack(b), pack(c), pack(d));
    codesA[at / 4u + 1u] = vec4u(pack(e), pack(f), pack(g), pack(h));
    let sum = a + b + c + d + e + f + g + h;
    sumsA[at / 8u] = sum.x + sum.y + sum.z + sum.w;
  }
}
