/** Places of the workbench and their addresses: the place in the hash, the settings of the comparison in the query. */

export type Place =
  | { readonly name: 'compare' }
  /** Their settings follow the name: `#/sweep?kernels=…`, so that those of the comparison stay in the address as well. */
  | { readonly name: 'sweep'; readonly query: string }
  | { readonly name: 'lmul'; readonly query: string }
  | { readonly name: 'models'; readonly query: string }
  | { readonly name: 'kernels' }
  | { readonly name: 'kernel'; readonly id: string }
  | { readonly name: 'device' }
  | { readonly name: 'history' }
  | { readonly name: 'method' }
  | { readonly name: 'unknown'; readonly hash: string };

/** `#/kernel/gemm-f32/tiled` → `{ name: 'kernel', id: 'gemm-f32/tiled' }`; an empty hash is the comparison. */
export function placeOf(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  const [name = '', ...rest] = path.split('/').map((part) => decode(part));
  switch (name) {
    case '':
    case 'compare':
      return { name: 'compare' };
    case 'kernel':
      return rest.length > 0 && rest[0] !== '' ? { name: 'kernel', id: rest.join('/') } : { name: 'kernels' };
    case 'sweep':
    case 'lmul':
    case 'models':
      return { name, query };
    case 'device':
    case 'history':
    case 'method':
      return { name };
    default:
      return { name: 'unknown', hash };
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Titles as they stand in the header and in the browser's tab. */
export const places = [
  { name: 'compare', title: 'Compare', href: '#/' },
  { name: 'sweep', title: 'Sweep', href: '#/sweep' },
  { name: 'lmul', title: 'L-Mul', href: '#/lmul' },
  { name: 'models', title: 'Models', href: '#/models' },
  { name: 'kernels', title: 'Kernels', href: '#/kernel' },
  { name: 'device', title: 'Device', href: '#/device' },
  { name: 'history', title: 'History', href: '#/history' },
  { name: 'method', title: 'Method', href: '#/method' },
] as const;

export function kernelHref(id: string): string {
  return `#/kernel/${id}`;
}

/** What the tab shows. */
export function titleOf(place: Place): string {
  if (place.name === 'compare') return 'Tilewatt';
  if (place.name === 'kernel') return `${place.id} · Tilewatt`;
  const known = places.find((candidate) => candidate.name === place.name);
  return `${known?.title ?? 'Not found'} · Tilewatt`;
}
