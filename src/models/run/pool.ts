/** Which values share a buffer: a value that nobody needs any more leaves its buffer to the next that fits. */

/** Buffers by index with their sizes in bytes; the plan of a pool, without a device. */
export class BufferPool {
  readonly sizes: number[] = [];
  readonly #free = new Set<number>();

  /** The smallest free buffer that holds so many bytes and wastes at most half of itself, else a new one. */
  take(bytes: number): number {
    let best: number | undefined;
    for (const slot of this.#free) {
      const size = this.sizes[slot]!;
      if (size < bytes || size > 2 * Math.max(bytes, 1024)) continue;
      if (best === undefined || size < this.sizes[best]!) best = slot;
    }
    if (best === undefined) return this.sizes.push(bytes) - 1;
    this.#free.delete(best);
    return best;
  }

  giveBack(slot: number): void {
    this.#free.add(slot);
  }

  get bytes(): number {
    return this.sizes.reduce((sum, size) => sum + size, 0);
  }
}
