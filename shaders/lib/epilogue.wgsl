// The activation that the shape asks for.
fn activate(value: f32) -> f32 {
  let low = bitcast<f32>(shape.lowBits);
  switch shape.activation {
    case 2u: { return max(value, 0.0); }
    case 3u: { return select(value, value * low, value < 0.0); }
    case 4u: { return min(max(value, low), bitcast<f32>(shape.highBits)); }
    default: { return value; }
  }
}
