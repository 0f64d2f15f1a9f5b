// Sums over a block of 32 weights of four outputs, without their scale.
fn addBlock(sum: vec4f, index: u32, col: u32, zeroPoint: vec4f) -> vec4f {
  let block = loadBlock(index, col);
  let at = index * 8u;
  let one = vec4f(1.0);
  var even = addPanel(sum, A[at], panel0(block, zeroPoint, one));
  var odd = addPanel(vec4f(), A[at + 1u], panel1(block, zeroPoint, one));
  even = addPanel(even, A[at + 2u], panel2(block, zeroPoint, one));
  odd = addPanel(odd, A[at + 3u], panel3(block, zeroPoint, one));
  even = addPanel(even, A[at + 4u], panel4(block, zeroPoint, one));
  odd = addPanel(odd, A[at + 5u], panel5(block, zeroPoint, one));
  even = addPanel(even, A[at + 6u], panel6(block, zeroPoint, one));
  odd = addPanel(odd, A[at + 7u], panel7(block, zeroPoint, one));
  return even + odd;
}
