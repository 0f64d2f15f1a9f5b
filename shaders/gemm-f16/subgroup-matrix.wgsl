// Dawn's experiment, docs/dawn/features/subgroup_matrix.md: a subgroup holds a matrix together and multiplies it at once.
// Each subgroup makes 2 × 2 matrices of C; operands come straight from storage.
alias Left = subgroup_matrix_left<f16, MATRIX_K, MATRIX_M>;
alias Right = subgroup_matrix_right<f16, MATRIX_N, MATRIX_K>;
alias Result = subgroup_matrix_result<f32, MATRIX_N, MATRIX_M>;

@group(0) @binding(1) var<storage, read> A: array<f16>;
@group(0) @binding(2) var<storage, read> B: array<f16>;
@group(0) @binding(3) var<storage, read_write> C: array<f32>;

// How many subgroups a workgroup has is the device's choice, so blocks of C are dealt out to whatever number there is.
// A subgroup's number is not uniform over the workgroup, which is all that the uniformity analysis looks at; it is over
// the subgroup, which is what the matrix functions need.
@diagnostic(off, chromium.subgroup_matrix_uniformity)
@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(subgroup_id) subgroup: u32,
  @builtin(num_subgroups) subgroups: u32,
) {
  let blocksAcross = shape.n / (2 * MATRIX_N);
  let blockCount = blocksAcross * (shape.m / (2 * MATRIX_M));
  for (var at = group.x * subgroups + subgroup; at < blockCount; at += groups.x * subgroups) {
    multiplyBlock(at / blocksAcross * 2 * MATRIX_M, at % blocksAcross * 2 * MATRIX_N);
  }
}

@diagnostic(off, chromium.subgroup_matrix_uniformity)
fn multiplyBlock(row: u32, col: u32) {
  var result00 = Result();
  var result01 = Result();
  var result10 = Result();
  var result11 = Result();
  for (var k = 0u; k < shape.k; k += MATRIX_K) {
    let left0 = subgroupMatrixLoad<Left, row_major>(&A, row * shape.k + k, shape.k);
    let left1 = subgroupMatrixLoad<Left, row_major>(&A, (row + MATRIX_M) * shape.k + k, shape.k);
    let right0 = subgroupMatrixLoad<Right, row_major>(&B, k * shape.n + col, shape.n);
    let right1 = subgroupMatrixLoad<Right, row_major>(&B, k * shape.n + col + MATRIX_N, shape.n);
    result00 = subgroupMatrixMultiplyAccumulate(left0, right0, result00);
    result01 = subgroupMatrixMultiplyAccumulate(left0, right1, result01);
    result10 = subgroupMatrixMultiplyAccumulate(left1, right0, result10);
    result11 = subgroupMatrixMultiplyAccumulate(left1, right1, result11);
  }
  let at = row * shape.n + col;
  subgroupMatrixStore<row_major>(&C, at, result00, shape.n);
  subgroupMatrixStore<row_major>(&C, at + MATRIX_N, result01, shape.n);
  subgroupMatrixStore<row_major>(&C, at + MATRIX_M * shape.n, result10, shape.n);
  subgroupMatrixStore<row_major>(&C, at + MATRIX_M * shape.n + MATRIX_N, result11, shape.n);
}
