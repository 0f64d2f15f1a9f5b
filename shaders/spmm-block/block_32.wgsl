// Blocks of 32 × 32 weights; a constant size keeps loops over a block finite for the compiler.
const BLOCK = 32;
