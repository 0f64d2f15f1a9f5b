/** <tw-method-page>: how each number is made, what each word means, and what each browser can measure. */
import { css, html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';
import { base, tables } from '../styles/shared.js';
import { browsers, glossary, steps } from './method-words.js';

@customElement('tw-method-page')
export class MethodPage extends LitElement {
  static override readonly styles = [
    base,
    tables,
    css`
      :host { display: grid; gap: var(--space-8); max-width: 960px; }
      section { display: grid; gap: var(--space-3); }
      ol { padding-inline-start: 1.6em; display: grid; gap: var(--space-3); }
      ol li::marker { color: var(--ink-soft); font-family: var(--font-figures); }
      ol strong { display: block; }
      dl { display: grid; grid-template-columns: minmax(14ch, max-content) minmax(0, 1fr); }
      dt, dd { border-block-start: 1px solid var(--hairline); padding: 7px var(--space-6) 7px 0; }
      dt { font-weight: 500; }
      @media (max-width: 720px) { dl { display: block; } dd { border: 0; padding-block-start: 0; } }
    `,
  ];

  protected override render() {
    return html`
      <div>
        <h1>How each number is made</h1>
        <p class="prose">A kernel is first shown to be right, then timed. What is wrong gets no time; what the clock cannot resolve gets no number; what the
          samples cannot decide is called undecided.</p>
      </div>
      <section>
        <ol class="prose">${steps.map(({ title, text }) => html`<li><strong>${title}</strong>${text}</li>`)}</ol>
      </section>
      <section>
        <h2>Glossary</h2>
        <dl>${glossary.map(({ term, text }) => html`<dt>${term}</dt><dd>${text}</dd>`)}</dl>
      </section>
      <section>
        <h2>What each browser can measure</h2>
        <div class="scroll" tabindex="0" role="region" aria-label="What each browser can measure"><table>
          <thead><tr><th scope="col">Browser</th><th scope="col">WebGPU</th><th scope="col">Clock</th><th scope="col">f16</th><th scope="col">Subgroups</th><th scope="col">dot4</th></tr></thead>
          <tbody>${browsers.map(
            ({ name, webgpu, clock, f16, subgroups, dot4 }) =>
              html`<tr><th scope="row">${name}</th><td>${webgpu}</td><td>${clock}</td><td>${f16}</td><td>${subgroups}</td><td>${dot4}</td></tr>`,
          )}</tbody>
        </table></div>
        <p class="soft small">As of November 2026. The <a href="#/device">device page</a> says what this browser offers, and the step of its clock as measured.</p>
      </section>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-method-page': MethodPage;
  }
}
