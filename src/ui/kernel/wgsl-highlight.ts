/** Splits WGSL into tokens for colouring. It knows words, not grammar: enough to read by, never wrong about the text. */

export type TokenKind = 'comment' | 'attribute' | 'number' | 'keyword' | 'type' | 'text';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const keywords = new Set(
  'alias break case const const_assert continue continuing default diagnostic discard else enable false fn for if let loop override requires return struct switch true var while'.split(
    ' ',
  ),
);

const types =
  /^(bool|f16|f32|i32|u32|array|atomic|ptr|vec[234][fhiu]?|mat[234]x[234][fh]?|storage|uniform|workgroup|private|function|read|write|read_write)$/;

const pattern =
  /(?<comment>\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<attribute>@\s*[a-z_]+)|(?<number>\b(?:0[xX][\da-fA-F]+[iu]?|\d[\d.]*(?:[eE][+-]?\d+)?[fhiu]?)\b)|(?<word>[A-Za-z_]\w*)/g;

/** The tokens, whose texts joined are the code itself. */
export function tokenize(code: string): readonly Token[] {
  const tokens: Token[] = [];
  let end = 0;
  for (const match of code.matchAll(pattern)) {
    if (match.index > end) tokens.push({ kind: 'text', text: code.slice(end, match.index) });
    tokens.push({ kind: kindOf(match), text: match[0] });
    end = match.index + match[0].length;
  }
  if (end < code.length) tokens.push({ kind: 'text', text: code.slice(end) });
  return tokens;
}

function kindOf(match: RegExpMatchArray): TokenKind {
  const { comment, attribute, number, word = '' } = match.groups ?? {};
  if (comment !== undefined) return 'comment';
  if (attribute !== undefined) return 'attribute';
  if (number !== undefined) return 'number';
  if (keywords.has(word)) return 'keyword';
  return types.test(word) ? 'type' : 'text';
}
