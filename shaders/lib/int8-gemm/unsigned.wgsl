// Makes the bodies multiply unsigned codes.
fn dotCodes(a: u32, b: u32) -> i32 { return i32(dot4U8(a, b)); }
