fn floorMod(a: i32, b: i32) -> i32 {
  let rest = a % b;
  return select(rest, rest + b, rest != 0 && (rest < 0) != (b < 0));
}

// By squaring; a negative exponent leaves 1/a rounded towards 0.
fn powOf(a: i32, b: i32) -> i32 {
  var product = 1;
  var square = a;
  let times = u32(abs(b));
  for (var bit = 0u; bit < 31u; bit++) {
    if (((times >> bit) & 1u) == 1u) { product *= square; }
    square *= square;
  }
  if (b >= 0) { return product; }
  return select(0, product, abs(a) == 1);
}
