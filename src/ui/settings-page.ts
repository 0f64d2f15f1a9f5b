/** A page with settings beside its answer: folded away where the window is narrow, open where there is room. */
import { LitElement } from 'lit';
import { property, state } from 'lit/decorators.js';
import { Watch } from './watch.js';
import { Wide } from './wide.js';
import type { Workbench } from './workbench.js';

export abstract class SettingsPage extends LitElement {
  @property({ attribute: false }) workbench!: Workbench;
  @state() private unfolded = false;

  private readonly wide = new Wide(this);

  /** The form within the settings. */
  protected abstract readonly form: { readonly focusSearch: () => void };

  constructor() {
    super();
    new Watch(this, () => this.workbench);
  }

  async focusSearch(): Promise<void> {
    this.unfolded = true;
    await this.updateComplete;
    this.form.focusSearch();
  }

  protected get settingsOpen(): boolean {
    return this.wide.now || this.unfolded;
  }

  protected onToggle(event: Event): void {
    if (!this.wide.now) this.unfolded = (event.target as HTMLDetailsElement).open;
  }
}
