/** Lays a long line of workgroups out in rows, since one dimension holds 65,535 of them. */

export function lineOfGroups(groups: number): readonly [number, number] {
  const rows = Math.ceil(groups / 65535);
  return [Math.ceil(groups / rows), rows];
}
