/** Small histograms as drawings: one distribution, or two laid over each other. */
import { css, svg } from 'lit';

export const histogramStyles = css`
  .histogram { display: block; width: 120px; height: 28px; overflow: visible; }
  .histogram .bars { fill: var(--bar); }
  .histogram .over { fill: none; stroke: var(--series-b); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
  .histogram .floor { stroke: var(--edge); vector-effect: non-scaling-stroke; }
`;

const [width, height] = [120, 28];

/** @param over drawn as a line over the bars, in the same bins. @param label what is drawn, for those who do not see it. */
export function histogram(bins: readonly number[], label: string, over?: readonly number[]) {
  const most = Math.max(...bins, ...(over ?? []), 1);
  // A root keeps rare values in sight beside a peak.
  const tall = (count: number): number => height * Math.sqrt(count / most);
  const step = width / Math.max(1, bins.length);
  const bars = bins
    .map((count, i) => `M${round(i * step)} ${height}v${round(-tall(count))}h${round(step)}v${round(tall(count))}z`)
    .join('');
  const line = over
    ?.map((count, i) => `${i === 0 ? 'M' : 'L'}${round(i * step)} ${round(height - tall(count))}h${round(step)}`)
    .join('');
  return svg`<svg class="histogram" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label=${label}>
    <path class="bars" d=${bars}></path><path class="floor" d="M0 ${height}h${width}"></path>
    ${line ? svg`<path class="over" d=${line}></path>` : ''}
  </svg>`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
