// Where a unit's numbers lie: x, r and bias for the first gate, the next ones `hidden` apart.
struct Unit { d: u32, i: u32, x: u32, r: u32, bias: u32, y: u32 }

fn directions() -> u32 { return select(1u, 2u, shape.direction == 3u); }

fn units() -> u32 { return directions() * shape.batch * shape.hidden; }

// Unit u of directions × batch × hidden; a reverse direction takes its steps from the end.
fn unitAt(u: u32, gates: u32) -> Unit {
  let i = u % shape.hidden;
  let row = u / shape.hidden;
  let d = row / shape.batch;
  let n = row % shape.batch;
  let t = select(shape.step, shape.steps - 1u - shape.step, shape.direction == 2u || d == 1u);
  return Unit(
    d,
    i,
    ((t * shape.batch + n) * directions() + d) * gates * shape.hidden + i,
    row * gates * shape.hidden + i,
    d * 2u * gates * shape.hidden + i,
    ((t * directions() + d) * shape.batch + n) * shape.hidden + i,
  );
}
