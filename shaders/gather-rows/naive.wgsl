// Which index chooses word i: one for each slice of `inner` words.
fn indexOf(i: u32) -> u32 { return i / shape.inner % shape.indices; }
