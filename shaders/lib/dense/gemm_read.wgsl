// Loads for the register tile, which multiplies and adds in f32.
fn readA(row: u32, k: u32) -> vec4f { return vec4f(loadA(row, k)); }
fn readB(k: u32, col: u32) -> vec4f { return vec4f(loadB(k, col)); }
