/** Families of operations that tests take apart. */

/** Whether an operation is a product of operands that are codes. */
export function isQuantized(operation: string): boolean {
  return /^gem[mv]-(int|anybit|binary|ternary|w2a2|lmul)/.test(operation);
}
