/** Draws the ten digits with a pen that is never held twice the same: the data of the sample image model. */
import { type Random, seededRandom } from '../../src/numerics/random.js';

/** Pixels along each side. */
export const side = 16;

type Point = readonly [x: number, y: number];
type Stroke = readonly Point[];

export interface Drawings {
  /** `count × side × side`, 0 paper and 255 ink. */
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly labels: Uint8Array<ArrayBuffer>;
}

/** So many digits, each of the ten as often as chance has it. */
export function drawDigits(count: number, seed: number): Drawings {
  const random = seededRandom(seed);
  const pixels = new Uint8Array(count * side * side);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    labels[i] = random.below(10);
    draw(labels[i]!, random, pixels.subarray(i * side * side, (i + 1) * side * side));
  }
  return { pixels, labels };
}

/** Part of an ellipse, angles in degrees, clockwise from the right as y points down. */
function arc(x: number, y: number, rx: number, ry: number, from = 0, to = 360): Stroke {
  const parts = 12;
  return Array.from({ length: parts + 1 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / parts) * Math.PI) / 180;
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)];
  });
}

/** In a unit square, y down. */
const shapes: readonly (readonly Stroke[])[] = [
  [arc(0.5, 0.5, 0.27, 0.4)],
  [
    [
      [0.34, 0.26],
      [0.53, 0.1],
      [0.53, 0.9],
    ],
  ],
  [[...arc(0.5, 0.33, 0.25, 0.23, 190, 385), [0.24, 0.9], [0.78, 0.9]]],
  [[...arc(0.46, 0.3, 0.23, 0.2, 210, 450), ...arc(0.46, 0.7, 0.26, 0.2, 270, 510)]],
  [
    [
      [0.58, 0.1],
      [0.2, 0.63],
      [0.82, 0.63],
    ],
    [
      [0.62, 0.36],
      [0.62, 0.92],
    ],
  ],
  [[[0.74, 0.1], [0.33, 0.1], [0.3, 0.47], ...arc(0.47, 0.66, 0.27, 0.24, 235, 505)]],
  [
    [
      [0.68, 0.1],
      [0.42, 0.34],
      [0.28, 0.66],
    ],
    arc(0.5, 0.69, 0.22, 0.21),
  ],
  [
    [
      [0.22, 0.12],
      [0.78, 0.12],
      [0.42, 0.92],
    ],
  ],
  [arc(0.5, 0.29, 0.2, 0.19), arc(0.5, 0.7, 0.25, 0.21)],
  [
    arc(0.5, 0.32, 0.22, 0.22),
    [
      [0.72, 0.32],
      [0.7, 0.6],
      [0.58, 0.92],
    ],
  ],
];

function draw(digit: number, random: Random, image: Uint8Array): void {
  const between = (low: number, high: number) => low + (high - low) * random.next();
  const place = slant(between);
  const waver = between(0, 0.05);
  const strokes: Stroke[] = shapes[digit]!.map((stroke) =>
    stroke.map(([x, y]) => place([x + waver * random.normal(), y + waver * random.normal()])),
  );
  strokes.push(scratch(random));
  const pen = between(0.35, 1.0);
  const ink = between(0.55, 1);
  const noise = between(0.05, 0.2);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const away = Math.min(...strokes.map((stroke) => distance([column + 0.5, row + 0.5], stroke)));
      const shade = ink * Math.min(1, Math.max(0, pen + 0.5 - away)) + noise * random.normal();
      image[row * side + column] = Math.round(255 * Math.min(1, Math.max(0, shade)));
    }
  }
}

/** A short line anywhere, which belongs to no digit. */
function scratch(random: Random): Stroke {
  const [x, y] = [side * random.next(), side * random.next()];
  return [
    [x, y],
    [x + 1.5 * random.normal(), y + 1.5 * random.normal()],
  ];
}

/** Turns, shears, stretches and moves a shape, from the unit square into pixels. */
function slant(between: (low: number, high: number) => number): (point: Point) => Point {
  const angle = between(-0.4, 0.4);
  const shear = between(-0.3, 0.3);
  const [wide, high] = [between(0.6, 1), between(0.65, 1)];
  const [right, down] = [between(-0.08, 0.08), between(-0.08, 0.08)];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return ([x, y]) => {
    const u = (x - 0.5) * wide + shear * (y - 0.5);
    const v = (y - 0.5) * high;
    return [side * (0.5 + right + cos * u - sin * v), side * (0.5 + down + sin * u + cos * v)];
  };
}

/** From a point to the nearest of a line of segments, in pixels. */
function distance([x, y]: Point, stroke: Stroke): number {
  let least = Infinity;
  for (let i = 1; i < stroke.length; i++) {
    const [[ax, ay], [bx, by]] = [stroke[i - 1]!, stroke[i]!];
    const [dx, dy] = [bx - ax, by - ay];
    const along = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1);
    const part = Math.min(1, Math.max(0, along));
    least = Math.min(least, Math.hypot(x - ax - part * dx, y - ay - part * dy));
  }
  return least;
}
