/** The search for the best tunables, on simulated devices where the best is known. */
import { describe, expect, it } from 'vitest';
import { pointOf } from '../../src/bench/tune/entrant.js';
import { timeEvery } from '../../src/bench/tune/exhaustive.js';
import { keyOf } from '../../src/bench/tune/points.js';
import { exhaustiveSeconds, noisy, nsOf, plant, search, setUp } from './planted.js';
import { clocks, weathers } from './simulated.js';

describe('tune', () => {
  it.each([
    ['calm', '65,536 ns'],
    ['noisy', '100 µs'],
    ['interrupted', '65,536 ns'],
    ['drifting', '100 µs'],
  ] as const)('%s, clock %s: near the best in a quarter of the exhaustive time', async (weather, clock) => {
    const conditions = { ...weathers[weather]!, quantumNs: clocks[clock] };
    const seconds = (await exhaustiveSeconds(1, conditions)) / 4;
    const trials = 25;
    let found = 0;
    for (let seed = 1; seed <= trials; seed++) {
      const setup = setUp(seed, conditions);
      const tuned = await search(setup, seed, seconds);
      const best = Math.min(...setup.planted.map(({ ns }) => ns));
      const got = nsOf(setup.planted, tuned.best);
      if (got <= 1.05 * best) found++;
      expect(got).toBeLessThanOrEqual(nsOf(setup.planted, tuned.reference));
      expect(tuned.spentSeconds).toBeLessThanOrEqual(1.1 * seconds);
    }
    expect(found).toBeGreaterThanOrEqual(0.8 * trials);
  });

  it('keeps the default where nothing is faster', async () => {
    const planted = plant(3).map(({ tunables }, i) => ({ tunables, ns: i === 0 ? 2e6 : 2.04e6 + 2e4 * (i % 50) }));
    const tuned = await search(setUp(3, noisy, planted), 3, 40);
    expect(tuned.best).toEqual(planted[0]!.tunables);
    expect(tuned.duel?.verdict).not.toBe('faster');
    expect(tuned.confirmed).toBe(true);
    expect(tuned.timing).toEqual(tuned.referenceTiming);
  });

  it('claims no gain where all are alike', async () => {
    let claimed = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const planted = plant(seed).map(({ tunables }) => ({ tunables, ns: 2e6 }));
      const tuned = await search(setUp(seed, noisy, planted), seed, 20);
      if (tuned.duel?.verdict === 'faster') claimed++;
    }
    expect(claimed).toBeLessThanOrEqual(2);
  });

  it('warms nothing up that is far behind from its first dispatches', async () => {
    const planted = plant(2).map(({ tunables }, i) => ({ tunables, ns: i % 3 === 0 ? 2e7 : 4e8 }));
    const setup = setUp(2, noisy, planted);
    const runs = new Map<string, number>();
    const candidates = setup.candidates.map((candidate) => ({
      ...candidate,
      open: async () => {
        const opening = await candidate.open();
        if (opening.status !== 'ok') return opening;
        const { subject } = opening;
        const run = (dispatches: number) => {
          runs.set(subject.id, (runs.get(subject.id) ?? 0) + dispatches);
          return subject.run(dispatches);
        };
        return { ...opening, subject: { ...subject, run } };
      },
    }));
    const tuned = await search({ ...setup, candidates }, 2, 120);
    const slow = tuned.points.filter(({ tunables, state }) => nsOf(planted, tunables) === 4e8 && state !== 'untried');
    expect(slow.length).toBeGreaterThan(5);
    for (const { tunables, state, reason } of slow) {
      expect(state).toBe('slower');
      expect(reason).toMatch(/^at first look it took (1[5-9]|2\d)\.\d times as long as the leader$/);
      expect(runs.get(keyOf(tunables))).toBe(2);
    }
  });

  it('fights a short duel where the gain is clear, and a long one where it is not', async () => {
    const [usual, ...others] = plant(7);
    const clear = [usual!, ...others.map(({ tunables }) => ({ tunables, ns: usual!.ns / 3 }))];
    const close = [usual!, ...others.map(({ tunables }) => ({ tunables, ns: usual!.ns / 1.03 }))];
    const [one, other] = [await search(setUp(7, noisy, clear), 7, 60), await search(setUp(7, noisy, close), 7, 60)];
    expect(one).toMatchObject({ confirmed: true, duel: { verdict: 'faster' } });
    expect(one.duel!.ci95[0]).toBeGreaterThan(2.5);
    expect(other.confirmed).toBe(true);
    expect(other.spentSeconds).toBeGreaterThan(one.spentSeconds);
  });

  it('gives the same answer for the same seed', async () => {
    const runs = [1, 2].map(() => search(setUp(5, noisy), 7, 30));
    const [first, second] = await Promise.all(runs);
    expect(first).toEqual(second);
    const other = await search(setUp(5, noisy), 8, 30);
    expect(other.points).not.toEqual(first!.points);
  });

  it('never lets a wrong candidate win, and lists it with its reason', async () => {
    const planted = plant(4);
    const fastest = [...planted].sort((a, b) => a.ns - b.ns).slice(0, 10);
    const wrong = new Set(
      fastest.map(({ tunables }) => keyOf(tunables)).filter((key) => key !== keyOf(planted[0]!.tunables)),
    );
    const tuned = await search(setUp(4, noisy, planted, wrong), 4, 60);
    expect(wrong).not.toContain(keyOf(tuned.best!));
    const listed = tuned.points.filter(({ state }) => state === 'wrong');
    expect(listed.length).toBeGreaterThan(0);
    for (const point of listed) {
      expect(wrong).toContain(keyOf(point.tunables));
      expect(point.reason).toContain('element 0');
      expect(point).not.toHaveProperty('ratio');
    }
  });

  it('takes the place from a winner that is wrong after a timed batch', async () => {
    const setup = setUp(4, noisy);
    const candidates = setup.candidates.map((candidate, i) => ({
      ...candidate,
      open: async () => {
        const opening = await candidate.open();
        return opening.status === 'ok' && i > 0 ? { ...opening, confirm: async () => 'element 9 is NaN' } : opening;
      },
    }));
    const tuned = await search({ ...setup, candidates }, 4, 30);
    expect(tuned.best).toEqual(setup.planted[0]!.tunables);
    expect(tuned.reason).toContain('element 9');
    expect(tuned.points.some(({ state }) => state === 'wrong')).toBe(true);
  });

  it('keeps the best so far when cancelled, and tries nothing more', async () => {
    const setup = setUp(6, noisy);
    const controller = new AbortController();
    const tuned = await search(setup, 6, 60, {
      signal: controller.signal,
      onProgress: ({ tried }) => {
        if (tried >= 30) controller.abort();
      },
    });
    expect(tuned).toMatchObject({ stopped: 'cancelled', confirmed: false });
    expect(setup.opened.length).toBeLessThanOrEqual(30);
    expect(nsOf(setup.planted, tuned.best)).toBeLessThan(setup.planted[0]!.ns);
    expect(tuned.duel?.verdict).toBe('faster');
    expect(tuned.points.filter(({ state }) => state === 'untried').length).toBeGreaterThan(70);
  });

  it('searches on from another reference where the default does not run', async () => {
    const planted = plant(9);
    const tuned = await search(setUp(9, noisy, planted, new Set([keyOf(planted[0]!.tunables)])), 9, 60);
    expect(tuned.reference).not.toEqual(planted[0]!.tunables);
    expect(nsOf(planted, tuned.best)).toBeLessThanOrEqual(nsOf(planted, tuned.reference));
    expect(tuned.points[0]).toMatchObject({ state: 'wrong' });
  });

  it('ends with what it knows when the device is lost', async () => {
    const setup = setUp(9, noisy);
    const lost = { status: 'failed', reason: 'The device was lost.', fatal: true } as const;
    const candidates = setup.candidates.map((candidate) => ({
      ...candidate,
      open: async () => (setup.opened.length >= 20 ? lost : candidate.open()),
    }));
    const tuned = await search({ ...setup, candidates }, 9, 60);
    expect(tuned).toMatchObject({ stopped: 'failed', reason: 'The device was lost.' });
    expect(tuned.best).toBeDefined();
  });

  it('answers without a winner where nothing runs, and with the default where there is nothing else', async () => {
    const planted = plant(1);
    const none = await search(
      setUp(1, noisy, planted, new Set(planted.map(({ tunables }) => keyOf(tunables)))),
      1,
      200,
    );
    expect(none.best).toBeUndefined();
    const alone = await search(setUp(1, noisy, planted.slice(0, 1)), 1, 5);
    expect(alone).toMatchObject({ best: planted[0]!.tunables, stopped: 'complete' });
    expect(alone.timing?.meanNs).toBeCloseTo(planted[0]!.ns, -5);
  });

  it('reports points as they come', async () => {
    const seen: number[] = [];
    const tuned = await search(setUp(2, noisy), 2, 20, {
      onProgress: ({ points }) => seen.push(points.filter(({ ratio }) => ratio !== undefined).length),
    });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(tuned.points.filter(({ ratio }) => ratio !== undefined).length);
  });
});

describe('every candidate', () => {
  it('says how much of the best speed was reached, and forgives nothing', async () => {
    const setup = setUp(11, noisy);
    const { timer, host } = setup.device;
    const sorted = [...setup.planted].sort((a, b) => a.ns - b.ns);
    for (const chosen of [sorted[0]!, sorted[40]!]) {
      const every = await timeEvery(setup.candidates, chosen.tunables, 1, { timer, host, seed: 1 }, () => {});
      expect(every?.timed).toHaveLength(setup.planted.length);
      expect(nsOf(setup.planted, every?.best)).toBeLessThan(1.05 * sorted[0]!.ns);
      expect(every?.share).toBeLessThan(1.05);
      expect(every?.share).toBeCloseTo(sorted[0]!.ns / chosen.ns, 1);
    }
  });
});

it('gives no time to a candidate whose warm-up was cancelled', () => {
  const tunables = { tile: 8 };
  const subject = { id: 'a', run: async () => 0 };
  const racer = { subject, plan: {}, firstNs: 0, samples: [], state: 'racing' };
  const opening = { status: 'ok', subject, close: () => {} };
  const point = pointOf({ candidate: { tunables }, opening, racer } as never, {} as never);
  expect(point).toEqual({ tunables, state: 'untried' });
});
