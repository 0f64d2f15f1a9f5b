// Every update may be one of the word's place.
fn element(i: u32) {
  if (i >= shape.places * shape.inner) { return; }
  result(i, 0u, shape.updates);
}
