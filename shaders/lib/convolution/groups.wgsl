// Channels of X and filters that belong to one group, and elements of one window.
fn channelsPerGroup() -> u32 { return shape.channels / shape.groups; }
fn filtersPerGroup() -> u32 { return shape.filters / shape.groups; }
fn window() -> u32 { return shape.kernelHeight * shape.kernelWidth; }
