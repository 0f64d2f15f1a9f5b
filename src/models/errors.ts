/** The one error of model and data files: which file, which field of it, and the rule it breaks. */

/** One code per kind of fault, the same for all formats. */
const faults = {
  'unknown-format': 'the bytes fit no format that is read here',
  truncated: 'the file ends before something that it announced',
  malformed: 'the bytes break the encoding of the format',
  'missing-field': 'a field that the format requires is absent or empty',
  'bad-value': 'a field holds what the format does not allow',
  'unsupported-version': 'the version of the format or operator set is not read here',
  'unsupported-type': 'the element type is not read here',
  'duplicate-name': 'a name that must be unique occurs twice',
  'bad-shape': 'dimensions are negative, too large or do not fit each other',
  'size-mismatch': 'the bytes of a tensor are not as many as its shape and type need',
  'out-of-range': 'an offset or length points outside its file',
  overlap: 'two tensors share bytes',
  gap: 'bytes belong to no tensor',
  misaligned: 'an offset is not a multiple of the alignment',
  'too-many': 'a count is beyond what is read here',
  'too-large': 'something is beyond the size that is read here',
  'too-deep': 'the nesting is beyond what is read here',
  cycle: 'values or functions depend on themselves',
  dangling: 'something refers to a value that nothing produces',
  'unsafe-path': 'a path leads out of the folder of the model',
  'missing-file': 'a file that this one refers to was not given',
} as const;

export type ModelFileFault = keyof typeof faults;

/**
 * Thrown by every reader of model and data files, and the only error they throw for what is in a file.
 * The message is one sentence: `model.onnx: graph.initializer[2].raw_data has 12 bytes, but f32[2,2] needs 16.`
 */
export class ModelFileError extends Error {
  override readonly name = 'ModelFileError';
  readonly code: ModelFileFault;
  /** Name of the file, as given by the user. */
  readonly file: string;
  /** Where in it: a path of fields, or of header entries. */
  readonly field: string;
  /** What follows the field in the message: what was found and what the format asks. */
  readonly rule: string;

  constructor(code: ModelFileFault, file: string, field: string, rule: string) {
    const place = elided(shown(field, Infinity));
    super(`${shown(file)}: ${place} ${shown(rule)}.`);
    this.code = code;
    this.file = file;
    this.field = place;
    this.rule = rule;
  }
}

/** Text from a file, safe to show on one line: control characters escaped, and short. */
export function shown(text: string, most = 400): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  const escaped = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return escaped.length > most ? `${escaped.slice(0, most)}…` : escaped;
}

/** A path through many levels without its middle: both ends say where it is. */
function elided(path: string): string {
  return path.length > 240 ? `${path.slice(0, 120)}…${path.slice(-120)}` : path;
}

/** A name from a file in quotes, shortened. */
export function quoted(name: string): string {
  return `"${shown(name, 80)}"`;
}
