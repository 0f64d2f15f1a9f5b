/** What index.html runs: opens the adapter once, then one piece of work after the other as the driver asks. */
import { calibrateTimer } from '../../../src/bench/calibrate.js';
import { systemHost } from '../../../src/bench/host.js';
import type { Environment } from '../../../src/bench/results.js';
import { fromText, toText } from '../../../src/cli/crossing.js';
import { createPassTimer, type PassTimer } from '../../../src/gpu/batch.js';
import { openDevice } from '../../../src/gpu/device.js';
import { createPipelines } from '../../../src/gpu/pipelines.js';
import { createProbes } from '../../../src/gpu/probe.js';
import type { BaselinesPage } from './driven.js';
import { compareModel } from './model/compare-model.js';
import type { ModelRequest } from './model/contract.js';
import { jax } from './rivals/jax.js';
import { onnxruntime } from './rivals/onnxruntime.js';
import { onnxruntimeWasm } from './rivals/onnxruntime-wasm.js';
import { tensorflow } from './rivals/tensorflow.js';
import { type Hall, runWork } from './run-work.js';
import { showVisitor } from './visitor.js';
import { works } from './works.js';

const host = systemHost(() => document.hidden);

let opened:
  | Promise<{ readonly hall: Hall; readonly environment: Omit<Environment, 'version' | 'runtime'> }>
  | undefined;

async function open(seed: number, seconds: number) {
  const outcome = await openDevice(navigator.gpu);
  if (outcome.status !== 'ok') throw new Error(outcome.reason);
  const { device } = outcome;
  const calibrate = async (timer: PassTimer) => {
    const { empty, readback, destroy } = await createProbes(device.gpu, timer, host.now);
    const facts = await calibrateTimer({ kind: timer.kind, empty, readback, host });
    destroy();
    return facts;
  };
  const wall = await calibrate(createPassTimer(device.gpu, host.now, 'wall'));
  const timer = createPassTimer(device.gpu, host.now);
  const stamps = timer.kind === 'timestamp' ? { timer, facts: await calibrate(timer) } : undefined;
  const pipelines = createPipelines(device.gpu, device.facts);
  const rivals = [onnxruntime, tensorflow, jax, onnxruntimeWasm];
  const hall: Hall = { device, pipelines, host, wall, rivals, seed, seconds, ...(stamps ? { stamps } : {}) };
  const { adapter, facts } = device;
  const environment = {
    adapter,
    features: [...facts.features],
    limits: { ...facts.limits },
    timer: wall,
    date: new Date().toISOString(),
    seed,
    distribution: 'normal',
  };
  return { hall, environment };
}

function say(text: string): void {
  globalThis.baselinesSay?.(text);
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

const page: BaselinesPage = {
  async environment(seed, seconds) {
    opened ??= open(seed, seconds);
    return (await opened).environment;
  },
  async run(index) {
    const { hall } = await opened!;
    return runWork(hall, works[index]!, say);
  },
  async compareModel(given) {
    const { hall } = await opened!;
    const { environment, request } = fromText(given, bytesOf) as {
      readonly environment: Environment;
      readonly request: ModelRequest;
    };
    // A report holds no bytes.
    return toText(await compareModel(hall, environment, request, say), () => '');
  },
};

globalThis.baselines = page;
// A driver has put its listener there before the page loaded.
if (globalThis.baselinesSay === undefined) showVisitor(page);
