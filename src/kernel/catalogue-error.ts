/** A record under `shaders/` that does not fit where it lies. */
export class CatalogueError extends Error {
  override readonly name = 'CatalogueError';
}
