/** Redraws an element whenever the workbench's state changes. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Workbench } from './workbench.js';

export class Watch implements ReactiveController {
  private readonly host: ReactiveControllerHost;
  private readonly workbench: () => Workbench;
  private readonly redraw = () => this.host.requestUpdate();

  constructor(host: ReactiveControllerHost, workbench: () => Workbench) {
    this.host = host;
    this.workbench = workbench;
    host.addController(this);
  }

  hostConnected(): void {
    this.workbench().addEventListener('change', this.redraw);
  }

  hostDisconnected(): void {
    this.workbench().removeEventListener('change', this.redraw);
  }
}
