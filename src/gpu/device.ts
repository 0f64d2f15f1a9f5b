/** Obtains a device with everything the adapter offers, and says in plain data what it is. */
import type { DeviceFacts, SubgroupMatrix } from '../kernel/facts.js';
import { errorText, failed, type Outcome, unsupported } from '../kernel/outcome.js';

export interface Device {
  readonly gpu: GPUDevice;
  readonly facts: DeviceFacts;
  readonly adapter: AdapterFacts;
}

export interface AdapterFacts {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  /** Computes on the CPU: its times say nothing about a GPU. */
  readonly software: boolean;
}

/** Features that change how kernels run or are timed; others are left alone. */
const wantedFeatures = [
  'timestamp-query',
  'shader-f16',
  'subgroups',
  'subgroup-size-control',
  'chromium-experimental-subgroup-matrix',
];

/** Limits that kernels ask about, requested at the adapter's maximum. */
const wantedLimits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const;

const softwareNames = /swiftshader|lavapipe|llvmpipe|softpipe|basic render|warp/i;

/** @param gpu `navigator.gpu`, or Dawn's in Node; undefined where the browser has none. */
export async function openDevice(gpu: GPU | undefined): Promise<Outcome<{ readonly device: Device }>> {
  if (!gpu) {
    return unsupported(
      'This browser has no WebGPU (navigator.gpu is missing). Use a recent Chrome, Edge, Safari 26 or Firefox, over https.',
    );
  }
  try {
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) {
      return unsupported(
        'The browser offers WebGPU but found no adapter. Check chrome://gpu, update the graphics driver, and turn hardware acceleration on.',
      );
    }
    return { status: 'ok', device: await request(gpu, adapter) };
  } catch (error) {
    return failed(
      'internal',
      `The GPU device could not be opened: ${messageOf(error)}. Reload the page, or restart the browser.`,
    );
  }
}

async function request(gpu: GPU, adapter: GPUAdapter): Promise<Device> {
  const features = wantedFeatures.filter((feature) => adapter.features.has(feature as GPUFeatureName));
  const limits = Object.fromEntries(wantedLimits.map((name) => [name, adapter.limits[name]]));
  const device = await adapter.requestDevice({
    requiredFeatures: features as GPUFeatureName[],
    requiredLimits: limits,
  });
  const { info } = adapter;
  const fallback = info.isFallbackAdapter ?? false;
  const software = fallback || softwareNames.test(`${info.vendor} ${info.architecture} ${info.description}`);
  return {
    gpu: device,
    facts: { ...factsOf(device, gpu.wgslLanguageFeatures, info), ...(software ? { software } : {}) },
    adapter: {
      vendor: info.vendor,
      architecture: info.architecture,
      description: info.description || info.device,
      software,
    },
  };
}

/**
 * What kernels may ask about a device.
 * @param language `navigator.gpu.wgslLanguageFeatures`; a device does not know them.
 * @throws TypeError where it is given no device.
 */
export function factsOf(
  device: GPUDevice,
  language: Iterable<string> = [],
  info: GPUAdapterInfo | undefined = device?.adapterInfo,
): DeviceFacts {
  if (typeof (device as GPUDevice | undefined)?.createShaderModule !== 'function') {
    throw new TypeError('This is no GPUDevice. Get one with await adapter.requestDevice().');
  }
  const { subgroupMinSize: min, subgroupMaxSize: max } = info ?? {};
  return {
    features: [...device.features].sort(),
    language: [...language].sort(),
    limits: Object.fromEntries(wantedLimits.map((name) => [name, device.limits[name]])),
    ...(device.features.has('subgroups') && min && max ? { subgroup: { min, max } } : {}),
    ...subgroupMatricesOf(device, info),
  };
}

/** `subgroupMatrixConfigs` belongs to Dawn's experiment, so the standard's types do not know it. */
function subgroupMatricesOf(
  device: GPUDevice,
  info: (GPUAdapterInfo & { readonly subgroupMatrixConfigs?: readonly SubgroupMatrix[] }) | undefined,
): Pick<DeviceFacts, 'subgroupMatrices'> {
  if (!(device.features as ReadonlySet<string>).has('chromium-experimental-subgroup-matrix')) return {};
  const configs = info?.subgroupMatrixConfigs ?? [];
  return {
    subgroupMatrices: configs.map(({ componentType, resultComponentType, M, N, K }) => ({
      componentType,
      resultComponentType,
      M,
      N,
      K,
    })),
  };
}

/** What went wrong, without a full stop and without the calls on the way there, which Dawn lists line by line. */
export function messageOf(error: unknown): string {
  return errorText(error)
    .replace(/\n\s*- While [\s\S]*$/, '')
    .trimEnd()
    .replace(/\.$/, '');
}
