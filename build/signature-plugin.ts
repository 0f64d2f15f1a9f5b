/** Vite plugin of the library build: kernels import their operation without what only checking and timing it need. */
import { readFileSync } from 'node:fs';
import { type Plugin, transformWithOxc } from 'vite';

/** What an `Operation` has beyond its `Signature`. */
const checking = new Set(['inputs', 'reference', 'unquantized', 'decode', 'cost', 'cases', 'presets', 'sweep']);
const mark = '?signature';

/**
 * Whoever imports an `operation.ts` gets a second form of it, whose record ends with its signature, so that references,
 * quantizers and test shapes fall away from a kernel imported alone. As an entry of its own the operation stays whole.
 */
export function signatures(): Plugin {
  return {
    name: 'tilewatt:signatures',
    apply: 'build',
    enforce: 'pre',
    async resolveId(source, importer) {
      if (!/\/operation\.js$/.test(source) || importer === undefined || importer.endsWith('/operation.ts')) return null;
      const found = await this.resolve(source, importer.replace(mark, ''), { skipSelf: true });
      return found && /\/shaders\/[^/]+\/operation\.ts$/.test(found.id) ? `${found.id}${mark}` : found;
    },
    async load(id) {
      if (!id.endsWith(mark)) return null;
      const file = id.slice(0, -mark.length);
      const { code } = await transformWithOxc(readFileSync(file, 'utf8'), file);
      const signature = signatureOf(code, this.parse(code));
      if (signature === undefined) this.error(`${file} must give defineOperation a record written out there`);
      return { code: signature, map: null, moduleType: 'js' };
    },
  };
}

/** As much of a syntax tree as is looked at. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** The module without the members for checking; undefined where it defines no operation. */
export function signatureOf(code: string, program: object): string | undefined {
  const record = definedRecord(program);
  if (!record) return undefined;
  let kept = '';
  let from = 0;
  record.forEach((member, i) => {
    if (!checking.has(nameOf(member))) return;
    kept += code.slice(from, member.start);
    // Up to the next member, so that the comma goes too.
    from = record[i + 1]?.start ?? member.end;
  });
  return kept + code.slice(from);
}

/** Members of the object that `defineOperation` is called with. */
function definedRecord(node: unknown): readonly Node[] | undefined {
  if (typeof node !== 'object' || node === null) return undefined;
  const { type, callee, arguments: given } = node as Record<string, any>;
  if (type === 'CallExpression' && callee.name === 'defineOperation') {
    return given[0]?.type === 'ObjectExpression' ? given[0].properties : undefined;
  }
  for (const child of Object.values(node)) {
    const found = definedRecord(child);
    if (found) return found;
  }
  return undefined;
}

function nameOf(member: Node): string {
  return (member as Node & { readonly key?: { readonly name?: string } }).key?.name ?? '';
}
