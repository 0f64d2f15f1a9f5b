// Σ(a − z)·b = Σ a·b − z·Σ b: places past k hold z in A and 0 in B. Overflow on the way cancels.
fn corrected(col: u32, sum: i32) -> i32 { return sum - (zero[0] - i32(shape.moved)) * weightSums[col]; }
fn scaleOf(col: u32) -> f32 { return scale[select(col, 0u, shape.scales == 1u)]; }
