/** Observable Plot, loaded when the first chart is drawn, and what its output needs before it enters the page. */
export type Plot = typeof import('@observablehq/plot');

let loading: Promise<Plot> | undefined;

/** Rejects where the file cannot be fetched; the next call tries again. */
export function loadPlot(): Promise<Plot> {
  loading ??= import('@observablehq/plot').catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/**
 * Plot 0.6.17 puts a `<style>` into its SVG, which the page's content security policy forbids, and labels on groups
 * without a role (plot#944). Both go here; `chartStyles` says what the style said. Drop this once Plot does neither.
 */
export function adopt(chart: Element, label: string): SVGSVGElement {
  const svg = chart instanceof SVGSVGElement ? chart : chart.querySelector('svg')!;
  for (const style of svg.querySelectorAll('style')) style.remove();
  for (const labelled of svg.querySelectorAll('[aria-label], [aria-description]')) {
    labelled.removeAttribute('aria-label');
    labelled.removeAttribute('aria-description');
  }
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  return svg;
}

/** The chart as a file of its own: tokens become the colours they stand for now, in the scheme that is on. */
export function standalone(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const style = getComputedStyle(svg);
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('color', style.color);
  copy.setAttribute('style', `background: ${style.getPropertyValue('--surface')}`);
  const text = new XMLSerializer().serializeToString(copy);
  return text.replace(/var\((--[a-z-]+)\)/g, (_, name: string) =>
    style.getPropertyValue(name).trim().replaceAll('"', "'"),
  );
}
