// A row per workgroup.
@compute @workgroup_size(THREADS)
fn main(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let row = group.y * groups.x + group.x;
  if (row >= shape.rows) { return; }
  var centre = 0.0;
  if (shape.centred == 1u) { centre = total(sumOf(row, local, u32(THREADS)), local) / f32(shape.length); }
  let squares = total(squaresOf(row, centre, local, u32(THREADS)), local);
  write(row, centre, inverseOf(squares), local, u32(THREADS));
}
