/** How kernels number more workgroups than one dimension holds. */

/** WebGPU's default for `maxComputeWorkgroupsPerDimension`. */
const widest = 65_535;

/** A grid of at least `count` workgroups; the kernel numbers them `y · num_workgroups.x + x` and ignores those past the end. */
export function grid(count: number): readonly [x: number, y: number] {
  const y = Math.ceil(count / widest);
  return [Math.ceil(count / y), y];
}
