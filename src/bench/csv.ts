/** Results as CSV: one line per row, for spreadsheets and for joining files. */
import { comparisonOf } from './export.js';
import { formatShape } from './format.js';
import type { Comparison, Environment, ResultRow, Results } from './results.js';

type Cell = string | number | boolean | undefined;

/** RFC 4180 with a header: one line per row, full precision, the environment repeated so that files can be joined. */
export function toCsv(results: Results): string {
  const sizes = [...new Set(results.rows.flatMap((row) => Object.keys(row.shape)))];
  const records = results.rows.map((row) => ({
    kernel: row.kernel,
    operation: row.operation,
    ...Object.fromEntries(sizes.map((name): [string, Cell] => [`shape_${name}`, row.shape[name]])),
    tunables: formatShape(row.tunables),
    status: row.status,
    reason: row.reason,
    ...measuredCells(row),
    ...comparedCells(comparisonOf(results, row)),
    ...environmentCells(results.environment),
  }));
  const header = Object.keys(records[0] ?? {});
  const lines = [header, ...records.map((record) => Object.values<Cell>(record))];
  return lines.map((cells) => `${cells.map(escapeCsv).join(',')}\r\n`).join('');
}

function measuredCells(row: ResultRow): Readonly<Record<string, Cell>> {
  return {
    at: row.at,
    elements: row.verification?.elements,
    elements_of: row.verification?.of,
    worst_of_bound: row.verification?.worst,
    sqnr_db: row.accuracy?.sqnrDb,
    relative_rms: row.accuracy?.relativeRms,
    max_absolute_error: row.accuracy?.maxAbsolute,
    mean_ns: row.time?.meanNs,
    ci95_low_ns: row.time?.ci95Ns[0],
    ci95_high_ns: row.time?.ci95Ns[1],
    samples: row.time?.samples,
    dispatches_per_sample: row.time?.dispatchesPerSample,
    method: row.time?.method,
    stopped: row.time?.stopped,
    flags: row.time?.flags?.join('; '),
    compile_ns: row.cold?.compileNs,
    upload_ns: row.cold?.uploadNs,
    first_ns: row.cold?.firstNs,
    readback_ns: row.cold?.readbackNs,
    flop_per_s: row.rates?.flopPerS,
    rate_unit: row.rates?.unit,
    byte_per_s: row.rates?.bytePerS,
    cache: row.cache,
    attainable_ns: row.roofline?.attainableNs,
    fraction_of_attainable: row.roofline?.fraction,
    limit: row.roofline?.limit,
    limited_by: row.roofline?.by,
    intensity: row.roofline?.intensity,
    weighted_intensity: row.roofline?.weightedIntensity,
    energy_tier: row.energy?.tier,
    energy_low_j: row.energy?.lowJ,
    energy_mid_j: row.energy?.midJ,
    energy_high_j: row.energy?.highJ,
    energy_order: row.energy?.order,
  };
}

function comparedCells(comparison: Comparison | undefined): Readonly<Record<string, Cell>> {
  return {
    baseline: comparison?.b,
    ratio: comparison?.ratio,
    ratio_low: comparison?.ci95[0],
    ratio_high: comparison?.ci95[1],
    verdict: comparison?.verdict,
    pairs: comparison?.pairs,
  };
}

function environmentCells(environment: Environment): Readonly<Record<string, Cell>> {
  const { adapter, timer } = environment;
  return {
    runtime: environment.runtime,
    vendor: adapter.vendor,
    architecture: adapter.architecture,
    description: adapter.description,
    software: adapter.software,
    timer: timer.kind,
    quantum_ns: timer.quantumNs,
    seed: environment.seed,
    distribution: environment.distribution,
    date: environment.date,
    version: environment.version,
  };
}

/**
 * A spreadsheet runs a cell that opens with one of `= + - @`, tab or return as a formula (OWASP, "CSV Injection"), so such
 * texts get a leading apostrophe. Numbers are ours and stay numbers.
 */
function escapeCsv(cell: Cell): string {
  if (cell === undefined) return '';
  if (typeof cell !== 'string') return String(cell);
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
