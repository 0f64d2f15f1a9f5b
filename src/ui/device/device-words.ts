/** What the page says about a device, in words: its name, its state, its timer, and what to do where there is none. */
import { adapterName } from '../../bench/export.js';
import { formatTime } from '../../bench/format.js';
import type { TimerFacts } from '../../bench/results.js';
import type { DeviceCard } from '../../worker/api.js';
import type { DeviceState } from '../workbench.js';

export interface AdapterState {
  readonly tone: 'good' | 'caution' | 'bad' | 'asking';
  readonly name: string;
  /** One sentence. */
  readonly about: string;
}

/** Timestamps coarser than this call for care; browsers quantise to 65,536 ns or 100 µs. */
const coarseNs = 10_000;

export function adapterState(device: DeviceState): AdapterState {
  switch (device.status) {
    case 'asking':
      return { tone: 'asking', name: 'asking for a GPU', about: 'The browser is being asked for a GPU.' };
    case 'ready': {
      const { card } = device;
      const name = adapterName(card.adapter);
      if (card.adapter.software) return { tone: 'caution', name, about: 'A software adapter: kernels run on the CPU.' };
      if (isCoarse(card.timer)) return { tone: 'caution', name, about: 'A GPU with a coarse timer.' };
      return { tone: 'good', name, about: 'A GPU with a fine timer.' };
    }
    case 'unsupported':
      return { tone: 'bad', name: 'no GPU', about: device.reason };
    case 'failed':
      return { tone: 'bad', name: 'stopped', about: device.reason };
    default:
      return device satisfies never;
  }
}

/** The adapter as a sentence names it: `your Apple M3 Pro`, `the software adapter SwiftShader`. */
export function adapterWords(device: DeviceState): string {
  if (device.status !== 'ready') return 'your device';
  const { adapter } = device.card;
  const name = adapterName(adapter).replace(/\s*\(.*$/, '');
  return adapter.software ? `the software adapter ${name}` : `your ${name}`;
}

export function isCoarse(timer: TimerFacts): boolean {
  return timer.kind === 'wall' || timer.quantumNs >= coarseNs;
}

export function timerWords(timer: TimerFacts): string {
  const kind = timer.kind === 'timestamp' ? 'GPU timestamps' : 'wall clock';
  return `${kind}, step ${formatTime(timer.quantumNs)}`;
}

/** A duration the clock measured; 0 means that it was lost in the clock's steps or in noise, so no bound is claimed. */
export function measured(ns: number): string {
  return ns > 0 ? formatTime(ns) : 'too small to tell';
}

/** Features that kernels can require, and what each gives. */
export const knownFeatures: readonly { readonly name: string; readonly about: string; readonly language?: boolean }[] =
  [
    { name: 'shader-f16', about: '16-bit floats in shaders' },
    { name: 'subgroups', about: 'values passed between the lanes of a subgroup' },
    { name: 'packed_4x8_integer_dot_product', about: 'four 8-bit products added in one instruction', language: true },
    { name: 'timestamp-query', about: 'times taken by the GPU itself' },
  ];

export function hasFeature(card: DeviceCard, feature: { readonly name: string; readonly language?: boolean }): boolean {
  return (feature.language ? card.facts.language : card.facts.features).includes(feature.name);
}

/** Why there is no GPU and what to do next, for the browser at hand. */
export function adviceFor(agent: string, secure: boolean, hasGpu: boolean): readonly string[] {
  if (!secure) return ['WebGPU needs a secure page. Open this address over https, or from localhost.'];
  const browser = browserOf(agent);
  return hasGpu ? withoutAdapter[browser] : withoutWebGpu[browser];
}

type Browser = 'chromium' | 'firefox' | 'safari' | 'other';

function browserOf(agent: string): Browser {
  if (/Firefox\//.test(agent)) return 'firefox';
  if (/Chrom(e|ium)\//.test(agent)) return 'chromium';
  return /Safari\//.test(agent) ? 'safari' : 'other';
}

const withoutWebGpu: Readonly<Record<Browser, readonly string[]>> = {
  chromium: [
    'Chrome and Edge have WebGPU from version 113 on Windows, macOS and ChromeOS, 121 on Android, and 144 on Linux with recent GPUs. Update the browser.',
    'On an older Linux version, chrome://flags/#enable-unsafe-webgpu turns it on.',
  ],
  firefox: [
    'Firefox has WebGPU from version 141 on Windows and 145 on Macs with Apple silicon, not yet on Linux and Android.',
    'Elsewhere, Firefox Nightly has it under about:config, dom.webgpu.enabled; or use Chrome or Edge.',
  ],
  safari: [
    'Safari has WebGPU from version 26, on macOS, iOS and iPadOS 26. Update the system, or use Chrome on a Mac.',
  ],
  other: ['Use a recent Chrome, Edge, Safari 26 or Firefox.'],
};

const withoutAdapter: Readonly<Record<Browser, readonly string[]>> = {
  chromium: [
    'Open chrome://gpu: the line “WebGPU” says why it is off. Often hardware acceleration is turned off in the settings under System, or the driver is on the block list.',
    'Update the graphics driver, then restart the browser.',
    'To try the page without a GPU, start the browser with --enable-unsafe-webgpu: it then computes on the CPU.',
  ],
  firefox: [
    'Open about:support: the section “Graphics” says why WebGPU is blocked. Update the graphics driver, then restart the browser.',
  ],
  safari: ['Turn off Lockdown Mode for this site, and check that the system is up to date.'],
  other: ['Update the graphics driver, turn hardware acceleration on, then restart the browser.'],
};
