/** Cuts the grid of a dispatch into parts that are dispatched one by one, each workgroup with the place it has in the whole. */

/** Workgroups along x, y and z. */
export type Grid = readonly [x: number, y: number, z: number];

/** A box of a grid. */
export interface GridPart {
  /** The first workgroup. */
  readonly base: Grid;
  readonly size: Grid;
}

/**
 * Boxes of about equal size that cover the grid, ordered by z, then y, then x.
 * @param parts how many are wanted; there are fewer where the grid has not so many workgroups, and up to four times as many
 * where rows and planes do not divide.
 * @param most workgroups of a box along one dimension.
 */
export function cutGrid([x, y, z]: Grid, parts: number, most = Number.POSITIVE_INFINITY): readonly GridPart[] {
  const groups = (x * y * z) / Math.max(1, parts);
  // Whole planes where a part holds one, else whole rows, else pieces of a row.
  const [dx, dy, dz] = [step(x, groups, most), step(y, groups / x, most), step(z, groups / (x * y), most)];
  const boxes: GridPart[] = [];
  for (let c = 0; c < z; c += dz) {
    for (let b = 0; b < y; b += dy) {
      for (let a = 0; a < x; a += dx) {
        boxes.push({ base: [a, b, c], size: [Math.min(dx, x - a), Math.min(dy, y - b), Math.min(dz, z - c)] });
      }
    }
  }
  return boxes;
}

/** The same for all but the last, so that no small remainder is left. */
function step(length: number, wanted: number, most: number): number {
  const longest = Math.max(1, Math.min(Math.floor(wanted), most, length));
  return Math.max(1, Math.ceil(length / Math.ceil(length / longest)));
}

/** Bytes of the uniform that tells a part its place: two `vec3u`, each aligned to 16. */
export const gridPartBytes = 32;

const declaration = `struct GridPart { base: vec3u, whole: vec3u }
@group(1) @binding(0) var<uniform> gridPart: GridPart;
`;

/** What an entry point is to see in place of the builtin, which counts from the start of the part. */
const inTheWhole: Readonly<Record<string, (name: string, workgroupSize: string) => string>> = {
  workgroup_id: (name) => `${name} + gridPart.base`,
  global_invocation_id: (name, size) => `${name} + gridPart.base * vec3u(${size})`,
  num_workgroups: () => 'gridPart.whole',
};

/**
 * WGSL whose entry points take their place in the whole grid from a uniform at `@group(1) @binding(0)`. Line numbers stay.
 * The uniform is as uniform as the builtins are, so barriers and subgroup operations stay where they are allowed.
 */
export function relocatable(code: string): string {
  return code.replace(/@compute[^{]*\{/g, relocated) + declaration;
}

function relocated(head: string): string {
  const size = /@workgroup_size\(([^()]*)\)/
    .exec(head)?.[1]
    ?.split(/[\s,]+/)
    .filter((each) => each !== '');
  if (size === undefined) throw new TypeError(`No workgroup size can be read in ${head}`);
  const padded = [...size, '1', '1'].slice(0, 3).join(', ');
  const values: string[] = [];
  const renamed = head.replace(
    /@builtin\((\w+)\)(\s*)(\w+)(?=\s*:)/g,
    (whole, builtin: string, gap: string, name: string) => {
      const value = inTheWhole[builtin]?.(`${name}InPart`, padded);
      if (value === undefined) return whole;
      values.push(` let ${name} = ${value};`);
      return `@builtin(${builtin})${gap}${name}InPart`;
    },
  );
  return renamed + values.join('');
}
