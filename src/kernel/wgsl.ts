/** A WGSL text together with the file it came from, so that a compiler message can name file, line and column. */
export interface WgslSource {
  /** Path from the project's root, e.g. `shaders/gemm-f32/tiled.wgsl`. Generated text says so in its path. */
  readonly path: string;
  readonly text: string;
}
