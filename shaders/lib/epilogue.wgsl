// The activation that the shape asks for.
fn activate(value: f32) -> f32 {
  return activate4(vec4f(value)).x;
}

// The same for four sums at once: kernels that hold many call it often, and all of it is inlined each time.
fn activate4(value: vec4f) -> vec4f {
  let low = vec4f(bitcast<f32>(shape.lowBits));
  switch shape.activation {
    case 2u: { return max(value, vec4f()); }
    case 3u: { return select(value, value * low, value < vec4f()); }
    case 4u: { return min(max(value, low), vec4f(bitcast<f32>(shape.highBits))); }
    default: { return value; }
  }
}
