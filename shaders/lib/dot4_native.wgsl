// Products of four 8-bit codes packed in a word, summed exactly; one instruction where the device has it.
fn dot4I8(a: u32, b: u32) -> i32 { return dot4I8Packed(a, b); }
fn dot4U8(a: u32, b: u32) -> u32 { return dot4U8Packed(a, b); }
