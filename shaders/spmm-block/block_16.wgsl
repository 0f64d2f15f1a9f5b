// Blocks of 16 × 16 weights; a constant size keeps loops over a block finite for the compiler.
const BLOCK = 16;
