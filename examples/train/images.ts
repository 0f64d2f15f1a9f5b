/** Layers over images, batch × channels × height × width: 3 × 3 convolution that keeps the size, and pooling. */
import { addProduct, transposed } from './product.js';
import { type Tape, type Variable, variable } from './tape.js';

/** Convolution with a 3 × 3 window, padded by one. @param w [out, in, 3, 3]. */
export function convolve(tape: Tape, x: Variable, w: Variable, b: Variable): Variable {
  const [batch = 1, from = 1, height = 1, width = 1] = x.dims;
  const to = w.dims[0]!;
  const area = height * width;
  const k = from * 9;
  const y = variable([batch, to, height, width]);
  const windows = new Float32Array(batch * k * area);
  for (let item = 0; item < batch; item++) {
    const columns = windows.subarray(item * k * area, (item + 1) * k * area);
    unfold(x.data.subarray(item * from * area), columns, from, height, width);
    const out = y.data.subarray(item * to * area, (item + 1) * to * area);
    for (let channel = 0; channel < to; channel++) out.fill(b.data[channel]!, channel * area, (channel + 1) * area);
    addProduct(out, w.data, columns, { m: to, n: area, k });
  }
  tape.record(() => {
    for (let item = 0; item < batch; item++) {
      const columns = windows.subarray(item * k * area, (item + 1) * k * area);
      const slope = y.slope.subarray(item * to * area, (item + 1) * to * area);
      addProduct(w.slope, slope, transposed(columns, k, area), { m: to, n: k, k: area });
      const back = new Float32Array(k * area);
      addProduct(back, w.data, slope, { m: k, n: area, k: to, transposedA: true });
      fold(back, x.slope.subarray(item * from * area), from, height, width);
      for (let i = 0; i < slope.length; i++) b.slope[Math.floor(i / area)]! += slope[i]!;
    }
  });
  return y;
}

/** Each pixel's window as a column. */
function unfold(image: Float32Array, columns: Float32Array, channels: number, height: number, width: number): void {
  eachTap(channels, height, width, (pixel, column) => {
    columns[column] = image[pixel]!;
  });
}

/** The transpose of `unfold`. */
function fold(columns: Float32Array, image: Float32Array, channels: number, height: number, width: number): void {
  eachTap(channels, height, width, (pixel, column) => {
    image[pixel]! += columns[column]!;
  });
}

function eachTap(channels: number, height: number, width: number, visit: (pixel: number, column: number) => void) {
  for (let tap = 0; tap < channels * 9; tap++) {
    const channel = Math.floor(tap / 9);
    const down = (Math.floor(tap / 3) % 3) - 1;
    const right = (tap % 3) - 1;
    for (let row = Math.max(0, -down); row < Math.min(height, height - down); row++) {
      for (let column = Math.max(0, -right); column < Math.min(width, width - right); column++) {
        const pixel = (channel * height + row + down) * width + column + right;
        visit(pixel, (tap * height + row) * width + column);
      }
    }
  }
}

/** The greatest of each 2 × 2 pixels. */
export function pool(tape: Tape, x: Variable): Variable {
  const [batch = 1, channels = 1, height = 1, width = 1] = x.dims;
  const y = variable([batch, channels, height / 2, width / 2]);
  const chosen = new Uint32Array(y.data.length);
  for (let i = 0; i < chosen.length; i++) {
    const column = i % (width / 2);
    const row = Math.floor(i / (width / 2));
    const corner = 2 * row * width + 2 * column;
    let best = corner;
    for (const at of [corner + 1, corner + width, corner + width + 1]) if (x.data[at]! > x.data[best]!) best = at;
    chosen[i] = best;
    y.data[i] = x.data[best]!;
  }
  tape.record(() => {
    for (let i = 0; i < chosen.length; i++) x.slope[chosen[i]!]! += y.slope[i]!;
  });
  return y;
}

/** The same elements under other dimensions. */
export function reshaped(tape: Tape, x: Variable, dims: readonly number[]): Variable {
  const y = variable(dims, x.data);
  tape.record(() => {
    for (let i = 0; i < y.slope.length; i++) x.slope[i]! += y.slope[i]!;
  });
  return y;
}
