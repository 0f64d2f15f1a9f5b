// Where the matrices of product `batch` start.
fn startOfA(batch: u32) -> u32 { return batch / shape.aRepeat % shape.aCount * shape.m * shape.k; }
fn startOfB(batch: u32) -> u32 { return batch / shape.bRepeat % shape.bCount * shape.k * shape.n; }

// An element's place within its matrix.
fn placeInA(row: u32, k: u32) -> u32 { return select(row * shape.k + k, k * shape.m + row, shape.transA == 2u); }
fn placeInB(k: u32, col: u32) -> u32 { return select(k * shape.n + col, col * shape.k + k, shape.transB == 2u); }
