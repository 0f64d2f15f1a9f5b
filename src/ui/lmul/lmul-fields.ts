/** Fields of the laboratory: a row of labelled choices that wraps. */
import { css, html } from 'lit';

export const fields = css`
  .fields { display: flex; flex-wrap: wrap; gap: var(--space-3) var(--space-4); align-items: end; }
  .fields label { flex: 0 1 220px; min-width: 0; }
  .fields label.short { flex-basis: 110px; }
  .fields input { font-family: var(--font-figures); }
  @media (max-width: 720px) {
    .fields label { flex-basis: 100%; }
    .fields label.short { flex-basis: 40%; flex-grow: 1; }
  }
`;

export function choice<T extends string>(
  title: string,
  current: T,
  titles: Readonly<Record<T, string>>,
  onChange: (value: T) => void,
) {
  return html`<label><div class="label">${title}</div>
    <select @change=${(event: Event) => onChange((event.target as HTMLSelectElement).value as T)}>
      ${(Object.entries(titles) as [T, string][]).map(([value, text]) => html`<option value=${value} .selected=${value === current}>${text}</option>`)}
    </select></label>`;
}
