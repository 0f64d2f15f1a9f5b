/** How pickers of files look in the place of models. */
import { css } from 'lit';

export const filePicker = css`
  /* What was chosen is said by the page, so the browser's own words on it are hidden. */
  input[type='file'] { width: auto; border: 0; padding: 0; background: none; max-width: 100%; min-width: 0; color: transparent; }
  input[type='file']::file-selector-button {
    font: inherit; color: var(--ink); background: transparent; border: 1px solid var(--edge); border-radius: var(--corner);
    min-height: 32px; padding: 0 var(--space-3); margin-inline-end: var(--space-2); cursor: pointer;
  }
`;
