/** A graph as lanes beside the list of its nodes: each value runs down from the node that makes it to the last that takes it. */

export interface LaneRow {
  /** Lane of the node itself. */
  readonly at: number;
  /** Lanes whose values the node takes. */
  readonly taken: readonly number[];
  /** Lanes that run on past the node, some of those taken among them. */
  readonly past: readonly number[];
  /** Whether some node below takes what this one makes. */
  readonly goesOn: boolean;
}

/** @param nodes in the order of the list, each with the places of those whose values it takes, all above it. */
export function lanesOf(nodes: readonly { readonly from: readonly number[] }[]): readonly LaneRow[] {
  const lastUse = new Map<number, number>();
  for (const [i, { from }] of nodes.entries()) for (const maker of from) lastUse.set(maker, i);
  /** By lane, the node whose value runs in it. */
  const lanes: (number | undefined)[] = [];
  const firstFree = (): number => {
    const free = lanes.indexOf(undefined);
    return free < 0 ? lanes.length : free;
  };
  return nodes.map(({ from }, i) => {
    const taken = from.map((maker) => lanes.indexOf(maker)).filter((lane) => lane >= 0);
    const ended = taken.filter((lane) => lastUse.get(lanes[lane]!) === i);
    for (const lane of ended) lanes[lane] = undefined;
    const past = lanes.flatMap((maker, lane) => (maker === undefined ? [] : [lane]));
    const at = ended.length > 0 ? Math.min(...ended) : firstFree();
    const goesOn = (lastUse.get(i) ?? -1) > i;
    if (goesOn) lanes[at] = i;
    return { at, taken, past, goesOn };
  });
}
