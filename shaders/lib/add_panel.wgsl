// Sums of four neighbouring outputs over four steps of k.
fn addPanel(sum: vec4f, a: vec4f, b: PanelB) -> vec4f {
  return fma(vec4f(a.w), b.b3_0, fma(vec4f(a.z), b.b2_0, fma(vec4f(a.y), b.b1_0, fma(vec4f(a.x), b.b0_0, sum))));
}
