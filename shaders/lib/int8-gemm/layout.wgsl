// Rows of codes are padded with zeros to whole quads: four words, 16 codes, one 16-byte load.
fn quadsPerRow() -> u32 { return (shape.k + 15) / 16; }
