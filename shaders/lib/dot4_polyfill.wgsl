// The functions of dot4_native.wgsl without the language feature packed_4x8_integer_dot_product: unpack, multiply, add.
fn dot4I8(a: u32, b: u32) -> i32 { return dot(unpackI8(a), unpackI8(b)); }
fn dot4U8(a: u32, b: u32) -> u32 { return dot(unpackU8(a), unpackU8(b)); }
