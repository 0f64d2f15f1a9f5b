/** Redraws an element whenever the workbench's state changes. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Workbench } from './workbench.js';

export class Watch implements ReactiveController {
  private readonly host: ReactiveControllerHost;
  private readonly workbench: () => Workbench | undefined;
  private watched: Workbench | undefined;
  private readonly redraw = () => this.host.requestUpdate();

  constructor(host: ReactiveControllerHost, workbench: () => Workbench | undefined) {
    this.host = host;
    this.workbench = workbench;
    host.addController(this);
  }

  hostConnected(): void {
    this.watch();
  }

  /** An element whose code arrives after it was put into the page gets its properties only with its first update. */
  hostUpdate(): void {
    this.watch();
  }

  hostDisconnected(): void {
    this.watched?.removeEventListener('change', this.redraw);
    this.watched = undefined;
  }

  private watch(): void {
    const workbench = this.workbench();
    if (workbench === this.watched) return;
    this.hostDisconnected();
    this.watched = workbench;
    workbench?.addEventListener('change', this.redraw);
  }
}
