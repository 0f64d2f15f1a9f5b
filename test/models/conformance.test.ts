/** The ONNX project's operator tests, run through the executor on a device. */
import { describe, expect, it } from 'vitest';
import { type ConformanceRow, casesOf, runCase } from '../../src/models/run/conformance.js';
import { testDevice } from '../support/dawn.js';
import { fixture, missing } from '../support/fixtures.js';
import { filesOfTar } from '../support/tar.js';

const archive = 'onnx-node-tests.tar.gz';
const absent = missing(archive);

describe.skipIf(absent !== undefined)(`operator tests${absent ? `: ${absent}` : ''}`, () => {
  it('pass in at least nine of ten cases, and every other says why', { timeout: 300_000 }, async () => {
    const { gpu: device, facts, pipelines } = await testDevice();
    const wanted = process.env.TILEWATT_CASES;
    const cases = casesOf(filesOfTar(fixture(archive))).filter(({ name }) => !wanted || new RegExp(wanted).test(name));
    const rows: ConformanceRow[] = [];
    for (const each of cases) rows.push(await runCase(each, { device, facts, pipelines }));
    const bad = rows.filter(({ status }) => status !== 'ok');
    console.info(bad.map(({ name, status, reason }) => `${status}: ${name}: ${reason}`).join('\n'));
    const onDevice = rows.filter(({ status, deviceNodes = 0 }) => status === 'ok' && deviceNodes > 0).length;
    console.info(`${rows.length - bad.length} of ${rows.length} pass, ${onDevice} of them with kernels`);
    expect(bad.filter(({ reason = '' }) => reason === '')).toEqual([]);
    expect(bad.length).toBeLessThanOrEqual(rows.length / 10);
  });
});
