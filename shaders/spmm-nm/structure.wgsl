// How the format is addressed; ../../src/numerics/sparse/vector-nm.ts writes it.
const BAND = 32; // rows that share their indices

// Columns stored per band: keep for each group, a shorter last one included.
fn storedColumns() -> u32 {
  return (shape.k + shape.group - 1) / shape.group * shape.keep;
}

// Place in its group of the band's stored column p; `words` index words per band.
fn placeOf(band: u32, words: u32, p: u32) -> u32 {
  return (indices[band * words + p / 4] >> (8 * (p % 4))) & 0xff;
}
