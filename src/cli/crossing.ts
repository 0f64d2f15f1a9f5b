/** Plain data as text between the terminal and the page it drives, where JSON alone would lose bytes, NaN and bigints. */

/** Marks what JSON has no form for; no data of ours has such a key. */
const mark = '$tilewatt';

/** @param encode bytes as base64. */
export function toText(value: unknown, encode: (bytes: Uint8Array) => string): string {
  return JSON.stringify(value, (_, each: unknown) => {
    if (each instanceof Uint8Array) return { [mark]: 'bytes', value: encode(each) };
    if (typeof each === 'bigint') return { [mark]: 'bigint', value: String(each) };
    if (typeof each === 'number' && !Number.isFinite(each)) return { [mark]: 'number', value: String(each) };
    return each;
  });
}

/** @param text undefined where the call answered nothing. */
export function fromText(text: string | undefined, decode: (base64: string) => Uint8Array<ArrayBuffer>): unknown {
  if (text === undefined) return undefined;
  return JSON.parse(text, (_, each: unknown) => {
    if (typeof each !== 'object' || each === null || !(mark in each)) return each;
    const { [mark]: kind, value } = each as Readonly<Record<string, string>>;
    if (kind === 'bytes') return decode(value!);
    return kind === 'bigint' ? BigInt(value!) : Number(value);
  });
}
