// What the operands are stored as. Sums and results are f32.
alias Element = f32;
