/** Ceilings kept in this browser, one set per adapter, browser and version. */
import { type Ceilings, parseCeilings } from '../bench/roofline/ceilings.js';

const prefix = 'tilewatt ceilings ';

/** Undefined where none are kept, where they cannot be read any more, or where the browser keeps nothing for this page. */
export function keptCeilings(key: string): Ceilings | undefined {
  try {
    const text = localStorage.getItem(prefix + key);
    return text === null ? undefined : parseCeilings(text);
  } catch {
    return undefined;
  }
}

/** @throws DOMException where the browser keeps nothing for this page. */
export function keepCeilings(ceilings: Ceilings): void {
  localStorage.setItem(prefix + ceilings.key, JSON.stringify(ceilings));
}
