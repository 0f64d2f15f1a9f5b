// Makes the bodies multiply signed codes.
fn dotCodes(a: u32, b: u32) -> i32 { return dot4I8(a, b); }
