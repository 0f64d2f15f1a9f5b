/** The order in which nodes can run. */

/**
 * Sorts so that each item follows those it depends on, keeping the given order where it already does.
 * @param dependencies for each item the indices of others, or of itself, that must come before it.
 * @returns indices in order, or the items of one cycle, each depending on the next and the last on the first.
 */
export function topologicalOrder(
  dependencies: readonly (readonly number[])[],
): { readonly order: readonly number[] } | { readonly cycle: readonly number[] } {
  const order: number[] = [];
  const state = new Uint8Array(dependencies.length);
  const [untouched, open, done] = [0, 1, 2];
  // An explicit stack: a chain of 100,000 nodes would overflow the call stack.
  const stack: { readonly item: number; next: number }[] = [];
  for (let root = 0; root < dependencies.length; root++) {
    if (state[root] === untouched) stack.push({ item: root, next: 0 });
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      state[top.item] = open;
      const before = dependencies[top.item]![top.next++];
      if (before === undefined) {
        state[top.item] = done;
        order.push(top.item);
        stack.pop();
      } else if (state[before] === open) {
        return { cycle: stack.slice(stack.findIndex(({ item }) => item === before)).map(({ item }) => item) };
      } else if (state[before] === untouched) {
        stack.push({ item: before, next: 0 });
      }
    }
  }
  return { order };
}
