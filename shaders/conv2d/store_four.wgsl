// What becomes of the finished sums at four pixels of one filter, for those in Y. The filter may lie past the end of its group.
fn storeFour(image: u32, filter_: u32, endFilter: u32, places: vec4u, sums: vec4f) {
  if (filter_ >= endFilter) { return; }
  var offset = 0.0;
  if (shape.bias == 2u) { offset = bias[filter_]; }
  let values = activate4(sums + offset);
  let start = (image * shape.filters + filter_) * pixels();
  if (places.x < pixels()) { Y[start + places.x] = values.x; }
  if (places.y < pixels()) { Y[start + places.y] = values.y; }
  if (places.z < pixels()) { Y[start + places.z] = values.z; }
  if (places.w < pixels()) { Y[start + places.w] = values.w; }
}
