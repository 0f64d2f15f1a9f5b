/** Whether the window has room for two panes; redraws its element when that changes. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';

const wide = window.matchMedia('(min-width: 961px)');

export class Wide implements ReactiveController {
  private readonly redraw: () => void;

  constructor(host: ReactiveControllerHost) {
    this.redraw = () => host.requestUpdate();
    host.addController(this);
  }

  get now(): boolean {
    return wide.matches;
  }

  hostConnected(): void {
    wide.addEventListener('change', this.redraw);
  }

  hostDisconnected(): void {
    wide.removeEventListener('change', this.redraw);
  }
}
