/** Redraws an element whenever a state that it shows changes: the workbench's, or that of one place. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';

export class Watch implements ReactiveController {
  private readonly host: ReactiveControllerHost;
  private readonly source: () => EventTarget | undefined;
  private watched: EventTarget | undefined;
  private readonly redraw = () => this.host.requestUpdate();

  constructor(host: ReactiveControllerHost, source: () => EventTarget | undefined) {
    this.host = host;
    this.source = source;
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
    const source = this.source();
    if (source === this.watched) return;
    this.hostDisconnected();
    this.watched = source;
    source?.addEventListener('change', this.redraw);
  }
}
