/** Generates the WGSL that takes 32 densely packed codes of any width out of whole words and decodes them. */
import type { WgslSource } from '../../../src/kernel/wgsl.js';
import type { WeightFormat } from '../../../src/numerics/any-bit.js';

/**
 * `Block` (the words of 32 weights of four columns), `loadBlock(block, col)`, `decode(codes, zeroPoints)`, and `panel0` …
 * `panel7`: weights 4t … 4t+3 of the block times `scale`, as the steps of a `PanelB`; `panelAt(t, …)` picks one. Wants
 * `loadWords` and `PanelB`.
 *
 * Why it is generated: widths, shifts and which code straddles two words are a grid of 8 widths × 9 encodings × 32 places,
 * all constants once the format is known; as a loop every code would pay for computing them.
 */
export function decoder(format: WeightFormat): WgslSource {
  const { bits, name } = format;
  const words = range(bits);
  const panels = range(8).map((panel) => {
    const steps = range(4).map((step) => `    decode(${code(4 * panel + step, bits)}, zeroPoint) * scale`);
    return [
      `fn panel${panel}(block: Block, zeroPoint: vec4f, scale: vec4f) -> PanelB {`,
      '  return PanelB(',
      `${steps.join(',\n')});`,
      '}',
    ].join('\n');
  });
  const panelAt = [
    'fn panelAt(index: u32, block: Block, zeroPoint: vec4f, scale: vec4f) -> PanelB {',
    '  switch (index) {',
    ...range(7).map((panel) => `    case ${panel}u: { return panel${panel}(block, zeroPoint, scale); }`),
    '    default: { return panel7(block, zeroPoint, scale); }',
    '  }',
    '}',
  ].join('\n');
  const text = [
    `struct Block { ${words.map((word) => `w${word}: vec4u`).join(', ')} }`,
    'fn loadBlock(block: u32, col: u32) -> Block {',
    `  return Block(${words.map((word) => `loadWords(block * ${bits}u + ${word}u, col)`).join(', ')});`,
    '}',
    decode(format),
    ...panels,
    panelAt,
    '',
  ].join('\n');
  return { path: `shaders/lib/any-bit/decoder.ts (${name})`, text };
}

/** The expression for code `index` of a block: within one word, or its ends in two. */
function code(index: number, bits: number): string {
  const word = Math.floor((index * bits) / 32);
  const shift = (index * bits) % 32;
  const low = shift === 0 ? `block.w${word}` : `(block.w${word} >> vec4u(${shift}))`;
  const fits = shift + bits <= 32;
  if (fits && shift + bits === 32) return low;
  const joined = fits ? low : `(${low} | (block.w${word + 1} << vec4u(${32 - shift})))`;
  return `${joined} & vec4u(${2 ** bits - 1})`;
}

/**
 * Codes to values without scale. An integer below 2²³ placed in the fraction of 2²³ is that float plus 2²³, which spares a
 * conversion. A float's exponent and mantissa are moved into place and the exponent's bias is added; at exponent 0 the hidden
 * one is taken off again (2v − 2^(1−bias)), so subnormal values never pass through a subnormal f32. All of it is exact.
 */
function decode(format: WeightFormat): string {
  const { bits, kind, exponentBits } = format;
  const sign = 2 ** (bits - 1);
  const open = 'fn decode(codes: vec4u, zeroPoint: vec4f) -> vec4f {';
  if (kind === 'unsigned') return `${open} return bitcast<vec4f>(codes | vec4u(0x4b000000)) - zeroPoint; }`;
  if (kind === 'signed') {
    return bits === 1
      ? `${open} return bitcast<vec4f>((codes << vec4u(31)) | vec4u(0x3f800000)); }`
      : `${open} return bitcast<vec4f>(codes ^ vec4u(${sign + 0x4b000000})) - vec4f(${2 ** 23 + sign}.0); }`;
  }
  const mantissaBits = bits - 1 - exponentBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  return [
    open,
    `  let magnitude = (codes & vec4u(${sign - 1})) << vec4u(${23 - mantissaBits});`,
    `  let normal = bitcast<vec4f>(magnitude + vec4u(${(127 - bias) * 2 ** 23}));`,
    `  let value = select(normal, 2.0 * normal - ${wgslFloat(2 ** (1 - bias))}, magnitude < vec4u(0x800000));`,
    `  return bitcast<vec4f>(bitcast<vec4u>(value) | ((codes & vec4u(${sign})) << vec4u(${32 - bits})));`,
    '}',
  ].join('\n');
}

function wgslFloat(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
