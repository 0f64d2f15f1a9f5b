// The code of a sum: scaled, rounded to even, moved by range[0] and clipped to range[1] … range[2].
fn requantize(sum: i32, factor: f32) -> i32 {
  // Beyond a million it is clipped anyway, and the conversion stays defined.
  return clamp(i32(clamp(round(f32(sum) * factor), -1e6, 1e6)) + range[0], range[1], range[2]);
}
