// Sums over a block of 32 weights of four outputs, without their scale.
fn addBlock(sum: vec4f, block: u32, col: u32, zero: vec4f) -> vec4f {
  let blocks = loadBlocks(block, col);
  let at = block * 8u;
  let one = vec4f(1.0);
  var low = addPanel(sum, activations(at), panelLow(blocks.x, zero, one));
  var high = addPanel(vec4f(), activations(at + 4u), panelHigh(blocks.x, zero, one));
  low = addPanel(low, activations(at + 1u), panelLow(blocks.y, zero, one));
  high = addPanel(high, activations(at + 5u), panelHigh(blocks.y, zero, one));
  low = addPanel(low, activations(at + 2u), panelLow(blocks.z, zero, one));
  high = addPanel(high, activations(at + 6u), panelHigh(blocks.z, zero, one));
  low = addPanel(low, activations(at + 3u), panelLow(blocks.w, zero, one));
  high = addPanel(high, activations(at + 7u), panelHigh(blocks.w, zero, one));
  return low + high;
}
