// Which index chooses word i: each has its own.
fn indexOf(i: u32) -> u32 { return i; }
