/** <tw-energy-class>: a model without any reading, from the class of GPUs the adapter belongs to, matched or chosen. */
import { html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import '../notice.js';
import { chooseClass, type GpuClass, gpuClasses, picojoulesPerBit } from '../../bench/energy/classes.js';
import { modelOfClass } from '../../bench/energy/modelled.js';
import { adapterName } from '../../bench/export.js';
import { significant } from '../../bench/format.js';
import { base, controls, forms } from '../styles/shared.js';
import { Watch } from '../watch.js';
import type { Workbench } from '../workbench.js';

@customElement('tw-energy-class')
export class EnergyClass extends LitElement {
  static override readonly styles = [base, controls, forms];

  @property({ attribute: false }) workbench!: Workbench;
  /** Undefined: the class that matches the adapter. */
  @state() private chosen: GpuClass | undefined;

  constructor() {
    super();
    new Watch(this, () => this.workbench);
  }

  protected override render() {
    const matched = matchedClass(this.workbench);
    const gpuClass = this.chosen ?? matched;
    return html`<form @submit=${(event: Event) => event.preventDefault()}>
      <label><div class="label">Class of GPU</div>
        <select @change=${this.onClass}>
          ${gpuClass ? nothing : html`<option value="" selected>choose one</option>`}
          ${gpuClasses.map(
            (one) =>
              html`<option value=${one.id} ?selected=${one === gpuClass}>${one.title}${one === matched ? ' (matches this adapter)' : ''}</option>`,
          )}
        </select></label>
      ${matched ? nothing : html`<tw-notice tone="info">No class fits this adapter (${nameOf(this.workbench)}). Choose the one it belongs to.</tw-notice>`}
      ${gpuClass ? this.renderClass(gpuClass) : nothing}
    </form>`;
  }

  private renderClass(gpuClass: GpuClass) {
    const { limitWatts, memory, peakFma32, source } = gpuClass;
    const watts =
      limitWatts.low === limitWatts.high ? `${limitWatts.low} W` : `${limitWatts.low} to ${limitWatts.high} W`;
    const peak =
      peakFma32 === undefined
        ? 'peak rate as measured here'
        : `${significant(peakFma32 / 1e12)} T multiply-adds a second`;
    const made = modelOfClass(gpuClass, this.workbench.known.ceilings);
    return html`
      <p class="small">${watts}, ${memory} at ${picojoulesPerBit[memory]} pJ a bit, ${peak}. <span class="soft">Source: ${source}.</span></p>
      ${
        'refusal' in made
          ? html`<tw-notice tone="caution">${gpuClass.title} is too broad to know its peak rate: measure the ceilings above, or choose a narrower class.</tw-notice>`
          : html`<div><button class="primary" @click=${() => this.dispatchEvent(new CustomEvent('model', { detail: made.model }))}>Use this class</button></div>`
      }
    `;
  }

  private readonly onClass = (event: Event): void => {
    this.chosen = gpuClasses.find(({ id }) => id === (event.target as HTMLSelectElement).value);
  };
}

function nameOf({ device }: Workbench): string {
  return device.status === 'ready' ? adapterName(device.card.adapter) : 'none';
}

/** By what the adapter tells of itself. */
export function matchedClass({ device }: Workbench): GpuClass | undefined {
  if (device.status !== 'ready') return undefined;
  const choice = chooseClass('auto', device.card.adapter);
  return 'gpuClass' in choice ? choice.gpuClass : undefined;
}

declare global {
  interface HTMLElementTagNameMap {
    'tw-energy-class': EnergyClass;
  }
}
