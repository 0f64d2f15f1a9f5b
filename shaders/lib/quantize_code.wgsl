// Scale and codes of a row by its largest magnitude. A maximum is exact in f32 and `round` takes ties to even; the
// division may be off by 2.5 ulp, so a value next to a rounding tie may get either code (see quantize-int8/README.md).
struct RowScale { scale: f32, inverse: f32 }

fn rowScale(magnitude: f32) -> RowScale {
  if (magnitude < 0x1p-100f) { return RowScale(1.0, 0.0); }
  return RowScale(magnitude * (1.0 / 127.0), 127.0 / magnitude);
}

// 16 codes from column `col` on; what lies past the end of the row is 0.
fn quadOf(row: u32, col: u32, inverse: f32) -> vec4u {
  return vec4u(
    wordOf(row, col, inverse), wordOf(row, col + 4, inverse), wordOf(row, col + 8, inverse), wordOf(row, col + 12, inverse),
  );
}

fn wordOf(row: u32, col: u32, inverse: f32) -> u32 {
  return packInt8(vec4i(
    codeOf(row, col, inverse), codeOf(row, col + 1, inverse), codeOf(row, col + 2, inverse), codeOf(row, col + 3, inverse),
  ));
}

fn codeOf(row: u32, col: u32, inverse: f32) -> i32 {
  if (col >= shape.k) { return 0; }
  return clamp(i32(round(readElement(row, col) * inverse)), -127, 127);
}
