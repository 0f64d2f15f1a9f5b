// Four pixels of one filter, which may lie past the end of its group.
fn storeFour(image: u32, filter_: u32, endFilter: u32, places: vec4u, sums: vec4f) {
  if (filter_ >= endFilter) { return; }
  finish(image, filter_, places.x, sums.x);
  finish(image, filter_, places.y, sums.y);
  finish(image, filter_, places.z, sums.z);
  finish(image, filter_, places.w, sums.w);
}
