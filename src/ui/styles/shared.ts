/** Styles that several elements share: text, controls, tables, definition strips. */
import { css } from 'lit';

export const base = css`
  :host { display: block; box-sizing: border-box; }
  :host([hidden]), [hidden] { display: none !important; }
  *, *::before, *::after { box-sizing: border-box; }
  h1, h2, h3, p, dl, dd, ul, ol, figure, pre, table { margin: 0; padding: 0; }
  p, h1, h2 { overflow-wrap: anywhere; }
  h1 { font-size: var(--text-headline); font-weight: 600; line-height: 1.3; text-wrap: balance; }
  h2 { font-size: var(--text-large); font-weight: 600; line-height: 1.35; }
  h3 { font-size: var(--text); font-weight: 600; }
  a { color: var(--accent); text-underline-offset: 2px; text-decoration-thickness: 1px; }
  code, pre, .figures { font-family: var(--font-figures); font-variant-numeric: tabular-nums; font-size: 0.93em; }
  .soft { color: var(--ink-soft); }
  .small { font-size: var(--text-small); }
  .prose { max-width: var(--measure); }
  .visually-hidden {
    position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
  }
  :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
  @media (prefers-reduced-motion: reduce) {
    *, *::before, *::after { transition: none !important; animation: none !important; scroll-behavior: auto !important; }
  }
`;

export const controls = css`
  button, select, input { font: inherit; color: inherit; }
  button {
    display: inline-flex; align-items: center; justify-content: center; gap: var(--space-2);
    min-height: 32px; padding: 0 var(--space-3); border: 1px solid var(--edge); border-radius: var(--corner);
    background: transparent; cursor: pointer; white-space: nowrap;
  }
  button:hover:not(:disabled) { background: var(--surface-sunk); }
  button:disabled, button.primary:disabled { background: transparent; color: var(--ink-soft); border-color: var(--hairline); cursor: default; }
  button.primary { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); font-weight: 600; }
  button.primary:hover:not(:disabled) { filter: brightness(1.08); background: var(--accent); }
  button.plain { border: 0; min-height: 24px; padding: 0 var(--space-1); color: var(--accent); text-decoration: underline; text-underline-offset: 2px; }
  button.plain:disabled { color: var(--ink-soft); text-decoration: none; }
  @media (pointer: coarse) { kbd { display: none; } button { min-height: 40px; } button.plain { min-height: 32px; } }
  kbd {
    font: inherit; font-size: var(--text-small); border: 1px solid currentColor; border-radius: 3px; padding: 0 4px; line-height: 1.35;
  }
  select, input:not([type='checkbox'], [type='radio']) {
    min-height: 32px; width: 100%; padding: 0 var(--space-2); border: 1px solid var(--edge); border-radius: var(--corner);
    background: var(--surface-raised);
  }
  input[type='checkbox'], input[type='radio'] { accent-color: var(--accent); width: 16px; height: 16px; margin: 0; }
  input[aria-invalid='true'] { border-color: var(--bad); border-width: 2px; }
  label { display: block; }
  summary { cursor: pointer; }
  progress { accent-color: var(--accent); }
`;

export const tables = css`
  table { border-collapse: collapse; width: 100%; font-size: var(--text); }
  caption { text-align: start; }
  th { font-weight: 500; color: var(--ink-soft); text-align: start; font-size: var(--text-small); vertical-align: bottom; }
  td, tbody th { border-top: 1px solid var(--hairline); vertical-align: baseline; }
  tbody th { font-size: inherit; color: inherit; }
  th, td { padding: 7px var(--space-4) 7px 0; }
  th:last-child, td:last-child { padding-inline-end: 0; }
  .number { text-align: end; font-family: var(--font-figures); font-variant-numeric: tabular-nums; white-space: nowrap; font-size: 0.93em; }
  th.number { font-family: inherit; font-size: var(--text-small); }
  /* A frame for what is hidden but read out, which else widens the page. */
  .scroll { overflow-x: auto; position: relative; }
`;

/** Settings in a column beside the answer; above it, folded, on a narrow screen, with the run bar at the bottom edge. */
export const panes = css`
  .page { display: grid; grid-template-columns: 272px minmax(0, 1fr); gap: var(--space-8); align-items: start; }
  aside {
    position: sticky; top: calc(var(--header-height) + var(--space-6)); display: flex; flex-direction: column;
    max-height: calc(100vh - var(--header-height) - var(--space-8)); padding-inline-end: var(--space-6); border-inline-end: 1px solid var(--hairline);
  }
  aside details { overflow-y: auto; min-height: 0; padding: 2px; scrollbar-width: thin; }
  aside summary { display: none; }
  .answer { display: grid; gap: var(--space-6); min-width: 0; }
  .answer > * { min-width: 0; }
  @media (max-width: 960px) {
    .page { display: block; }
    aside { position: static; display: block; max-height: none; padding: 0; border: 0; margin-block-end: var(--space-4); }
    aside details { overflow: visible; }
    aside summary { display: list-item; padding: var(--space-2) 0; border-block: 1px solid var(--hairline); }
    aside details[open] summary { margin-block-end: var(--space-4); }
    tw-run-bar {
      position: fixed; inset: auto 0 0; z-index: 2; background: var(--surface); border-block-start: 1px solid var(--hairline);
      padding: var(--space-3) var(--space-4) max(var(--space-3), env(safe-area-inset-bottom));
    }
    h1 { font-size: var(--text-title); }
  }
`;

/** Fields of the settings: sizes side by side, choices as segments. */
export const forms = css`
  form { display: grid; gap: var(--space-4); }
  fieldset { border: 0; margin: 0; padding: 0; min-width: 0; display: grid; gap: var(--space-2); }
  legend, .label { padding: 0; font-size: var(--text-small); color: var(--ink-soft); margin-block-end: var(--space-1); }
  .sizes { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: var(--space-2); }
  .sizes input { font-family: var(--font-figures); font-variant-numeric: tabular-nums; }
  .sizes label > span { font-family: var(--font-figures); font-size: var(--text-small); color: var(--ink-soft); }
  .segments { display: grid; grid-auto-flow: column; grid-auto-columns: 1fr; border: 1px solid var(--edge); border-radius: var(--corner); overflow: hidden; }
  .segments label { position: relative; text-align: center; cursor: pointer; border-inline-start: 1px solid var(--hairline); }
  .segments label:first-child { border: 0; }
  .segments input { position: absolute; opacity: 0; inset: 0; width: 100%; height: 100%; cursor: pointer; }
  .segments span { display: block; line-height: 30px; }
  .segments input:checked + span { background: var(--accent-wash); box-shadow: inset 0 -2px var(--accent); font-weight: 600; }
  .segments input:focus-visible + span { outline: 2px solid var(--accent); outline-offset: -2px; }
  .pair { display: grid; grid-template-columns: minmax(0, 1fr) 80px; gap: var(--space-2); }
  .problem { color: var(--bad); font-size: var(--text-small); }
`;
