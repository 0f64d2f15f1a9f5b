/** How the worker's list of schemes is shown: in groups, by their names. */
import type { MenuEntry } from '../../worker/models-api.js';

/** Float is the yardstick of all others, so it is always measured. */
export const yardstick = 'f32';

export const defaultSchemes: readonly string[] = ['int8', 'int8-dynamic', 'int4-g32', 'nf4-g64', 'fp8-e4m3'];

export interface SchemeGroup {
  readonly title: string;
  readonly schemes: readonly MenuEntry[];
}

const groups: readonly (readonly [title: string, pattern: RegExp])[] = [
  ['Eight bits', /^(int8|fp8)/],
  ['Four bits', /^(int4|nf4|fp4)/],
  ['Other widths', /^(int\d|b?f16|ternary|binary)/],
  ['Other arithmetic', /^/],
];

/** Schemes that were added by name have no title of the worker's; empty groups are left out. */
export function groupSchemes(menu: readonly MenuEntry[], chosen: readonly string[]): readonly SchemeGroup[] {
  const known = new Set(menu.map(({ id }) => id));
  const others = chosen.filter((id) => !known.has(id)).map((id) => ({ id, title: '' }));
  const all = [...menu.filter(({ id }) => id !== yardstick), ...others];
  const groupOf = (id: string): string => groups.find(([, pattern]) => pattern.test(id))![0];
  return groups
    .map(([title]) => ({ title, schemes: all.filter(({ id }) => groupOf(id) === title) }))
    .filter(({ schemes }) => schemes.length > 0);
}

/** Names are short words with hyphens, methods joined by plus signs; what they mean is for the worker to say. */
export function isName(text: string): boolean {
  return /^[a-z0-9][a-z0-9+-]{1,39}$/.test(text);
}
