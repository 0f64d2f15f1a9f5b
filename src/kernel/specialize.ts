/** Builds the WGSL of one variant: directives, the shape uniform, one constant per tunable, then the sources verbatim. */
import type { RunnableKernel, Variant } from './kernel.js';
import type { Shape } from './operation.js';
import type { WgslSource } from './wgsl.js';

export interface Specialized {
  readonly code: string;
  /** Which line of `code` each source starts at, 1-based, in order; lines before the first belong to the preamble. */
  readonly origins: readonly { readonly path: string; readonly line: number }[];
}

/** Features that need an `enable` directive, and the extension's name in WGSL. */
const extensions: Readonly<Record<string, string>> = {
  'shader-f16': 'f16',
  subgroups: 'subgroups',
  'chromium-experimental-subgroup-matrix': 'chromium_experimental_subgroup_matrix',
};

/** `tileM` → `TILE_M`. */
export function constantName(tunable: string): string {
  return tunable.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
}

export function specialize<S extends Shape>(kernel: RunnableKernel<S>, variant: Variant<S>): Specialized {
  const sources = typeof kernel.wgsl === 'function' ? kernel.wgsl(variant) : kernel.wgsl;
  return link(preamble(kernel, variant), sources);
}

function preamble<S extends Shape>(kernel: RunnableKernel<S>, variant: Variant<S>): string {
  const { features = [], language = [] } = kernel.requires ?? {};
  const enabled = features.flatMap((feature) => extensions[feature] ?? []);
  const fields = kernel.computes.parameters.map((parameter) => `${parameter.name}: u32`);
  return [
    ...enabled.map((extension) => `enable ${extension};`),
    ...language.map((feature) => `requires ${feature};`),
    `struct Shape { ${fields.join(', ')} }`,
    '@group(0) @binding(0) var<uniform> shape: Shape;',
    ...Object.entries(variant.tunables).map(([name, value]) => `const ${constantName(name)} = ${value};`),
    '',
  ].join('\n');
}

function link(head: string, sources: readonly WgslSource[]): Specialized {
  const origins: { path: string; line: number }[] = [];
  let code = head;
  let line = head.split('\n').length;
  for (const { path, text } of sources) {
    const block = text.endsWith('\n') ? text : `${text}\n`;
    origins.push({ path, line });
    code += block;
    line += block.split('\n').length - 1;
  }
  return { code, origins };
}

/** Where line `line` of the specialized code stands in the files: `shaders/gemm-f32/tiled.wgsl:41:9`. */
export function locate(specialized: Specialized, line: number, column: number): string {
  const origin = specialized.origins.findLast((candidate) => candidate.line <= line);
  return origin ? `${origin.path}:${line - origin.line + 1}:${column}` : `preamble:${line}:${column}`;
}
