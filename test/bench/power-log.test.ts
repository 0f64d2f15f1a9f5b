/** Power logs in every format they come in, what is wrong with those that are refused, and the energy between two moments. */
import { describe, expect, it } from 'vitest';
import { joulesBetween, PowerLogError, parsePowerLog } from '../../src/bench/energy/power-log.js';

describe('power logs', () => {
  const nvidia = 'timestamp, power.draw [W]\n2026/11/21 10:00:00.000, 100.00 W\n2026/11/21 10:00:01.000, 120.50 W\n';

  it('are read as nvidia-smi writes them', () => {
    const { format, samples } = parsePowerLog(`${nvidia}2026/11/21 10:00:02.000, [N/A]\n`);
    const start = new Date(2026, 10, 21, 10, 0, 0).getTime();
    expect(format).toBe('nvidia-smi');
    expect(samples).toEqual([
      { ms: start, watts: 100 },
      { ms: start + 1000, watts: 120.5 },
    ]);
  });

  it('are read as powermetrics writes them', () => {
    const block = (time: string, mw: number) =>
      `*** Sampled system activity (Sat Nov 21 ${time} 2026 +0100) (1000.00ms elapsed) ***\n\n**** GPU usage ****\nGPU HW active frequency: 400 MHz\nGPU Power: ${mw} mW\n\n`;
    const { format, samples } = parsePowerLog(block('10:00:01', 1500) + block('10:00:02', 2500));
    expect(format).toBe('powermetrics');
    expect(samples).toEqual([
      { ms: Date.UTC(2026, 10, 21, 9, 0, 0, 500), watts: 1.5 },
      { ms: Date.UTC(2026, 10, 21, 9, 0, 1, 500), watts: 2.5 },
    ]);
  });

  it('are read as the Firefox Profiler writes them, in both shapes', () => {
    // 5 J within a second are 5 W: 5 / 3600 Wh in pWh.
    const joules = (amount: number) => (amount / 3600) * 1e12;
    const counter = (samples: object) => ({ name: 'GPU', category: 'power', samples });
    const profile = (samples: object) =>
      JSON.stringify({ meta: { startTime: 1e12 }, counters: [{ category: 'Memory' }, counter(samples)] });
    const expected = [
      { ms: 1e12 + 500, watts: expect.closeTo(5, 9) },
      { ms: 1e12 + 1500, watts: expect.closeTo(7, 9) },
    ];
    const columns = { time: [0, 1000, 2000], count: [0, joules(5), joules(7)] };
    expect(parsePowerLog(profile(columns)).samples).toEqual(expected);
    const rows = {
      schema: { time: 0, count: 1 },
      data: [
        [0, 0],
        [1000, joules(5)],
        [2000, joules(7)],
      ],
    };
    expect(parsePowerLog(profile(rows))).toEqual({ format: 'firefox-profiler', samples: expected });
    const deltas = { timeDeltas: [0, 1000, 1000], count: columns.count };
    expect(parsePowerLog(profile(deltas)).samples).toEqual(expected);
  });

  it('are read from any CSV of time and watts', () => {
    const { samples } = parsePowerLog('watts,time\n5,1000000000.5\n6,2026-11-21T10:00:00Z\n');
    expect(samples).toEqual([
      { ms: 1_000_000_000_500, watts: 5 },
      { ms: Date.UTC(2026, 10, 21, 10), watts: 6 },
    ]);
  });

  it.each([
    ['a,b\n1,2\n', 'no column of time'],
    ['time,current\n1000000000,2\n', 'no column of watts'],
    ['time,watts\n1000000000,-2\n1000000001,3\n', 'cannot be negative'],
    ['time,watts\n1000000000,90000\n1000000001,3\n', 'milliwatts'],
    ['time,watts\n0.1,20\n0.2,30\n', 'unknown start'],
    ['time,watts\nyesterday,20\n', 'is no time'],
    ['time,watts\n1000000000,many\n', 'no number of watts'],
    ['time,watts\n1000000000,2\n', 'fewer than two readings'],
    ['', 'no column'],
    ['{"meta":{"startTime":1},"counters":[]}', 'no power track'],
    ['{"meta":', 'cannot be read'],
  ])('such as %j are refused in a sentence', (text, sentence) => {
    expect(() => parsePowerLog(text)).toThrow(PowerLogError);
    expect(() => parsePowerLog(text)).toThrow(sentence);
  });

  it('are integrated exactly where power runs in straight lines', () => {
    const samples = [
      { ms: 0, watts: 10 },
      { ms: 2000, watts: 30 },
      { ms: 3000, watts: 30 },
      { ms: 4000, watts: 0 },
    ];
    expect(joulesBetween(samples, 0, 4000)).toBe(40 + 30 + 15);
    // From 20 W at 1 s to 15 W at 3.5 s: 25 + 30 + 11.25.
    expect(joulesBetween(samples, 1000, 3500)).toBe(25 + 30 + 11.25);
    expect(joulesBetween(samples, 500, 700)).toBeCloseTo(0.2 * 16, 12);
    expect(joulesBetween(samples, 3000, 4001)).toBeUndefined();
    expect(joulesBetween(samples, -1, 100)).toBeUndefined();
  });
});
