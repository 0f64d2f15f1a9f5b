// Which scale element i has.
fn scaleOf(i: u32) -> u32 {
  let line = i / shape.inner;
  let a = line % shape.axis;
  return (line / shape.axis) * shape.outerStep + (a / shape.block) * shape.blockStep + (i % shape.inner) * shape.innerStep;
}
