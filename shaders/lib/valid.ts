/** Puts conditions of shapes and variants together. */

/** The first reason why not, or `true`. */
export function allOf(...checks: readonly (true | string)[]): true | string {
  return checks.find((check) => check !== true) ?? true;
}
