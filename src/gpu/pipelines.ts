/** Compiles variants of kernels to pipelines, once per text, and places compiler messages in the .wgsl files. */
import type { DeviceFacts } from '../kernel/facts.js';
import { gridPartBytes, relocatable } from '../kernel/grid.js';
import type { RunnableKernel, Variant } from '../kernel/kernel.js';
import type { ElementType, Shape, Signature } from '../kernel/operation.js';
import { failed, type Outcome, type Refusal, unsupported } from '../kernel/outcome.js';
import { locate, type Specialized, specialize } from '../kernel/specialize.js';
import { scoped } from './errors.js';
import { ShaderStage } from './usage.js';

export interface Compiled {
  readonly code: string;
  readonly layout: GPUBindGroupLayout;
  /** Of the second group, by which a part of a dispatch knows its place; absent where dispatches stay whole. */
  readonly partLayout?: GPUBindGroupLayout;
  /** One pipeline per entry point that the kernel dispatches. */
  readonly pipelines: ReadonlyMap<string, GPUComputePipeline>;
}

/** A cache of compiled variants for one device. */
export interface Pipelines {
  readonly facts: DeviceFacts;
  /**
   * @param inParts for dispatches that are cut into parts, in which more workgroups may lie along one dimension.
   * @returns the compiled variant; `unsupported` where the device cannot run it; `failed` with file:line:column.
   */
  readonly compile: <S extends Shape>(
    kernel: RunnableKernel<S>,
    variant: Variant<S>,
    inParts?: boolean,
  ) => Promise<Outcome<Compiled>>;
}

export function createPipelines(device: GPUDevice, facts: DeviceFacts): Pipelines {
  const cache = new Map<string, Promise<Outcome<Compiled>>>();
  return {
    facts,
    compile(kernel, variant, inParts = false) {
      const refusal = refuse(kernel, variant, facts, inParts);
      if (refusal) return Promise.resolve(refusal);
      const whole = specialize(kernel, variant);
      const specialized = inParts ? { ...whole, code: relocatable(whole.code) } : whole;
      const entryPoints = [...new Set(kernel.dispatch(variant).map((dispatch) => dispatch.entryPoint ?? 'main'))];
      const key = `${entryPoints.join()}\n${specialized.code}`;
      const known = cache.get(key);
      if (known) return known;
      const result = build(device, kernel, variant, specialized, entryPoints, inParts);
      cache.set(key, result);
      return result;
    },
  };
}

/**
 * Why this device cannot run this variant, or undefined where it can.
 * @param inParts whether dispatches may be cut into parts, so that no grid is too wide.
 */
export function refuse<S extends Shape>(
  kernel: RunnableKernel<S>,
  variant: Variant<S>,
  facts: DeviceFacts,
  inParts = false,
): Refusal | undefined {
  const { features = [], language = [] } = kernel.requires ?? {};
  const missing = [
    ...features.filter((feature) => !facts.features.includes(feature)),
    ...language.filter((feature) => !facts.language.includes(feature)),
  ];
  if (missing.length > 0) {
    return unsupported(`${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing on this device.`);
  }
  const scratch = (kernel.scratch?.(variant) ?? []).map(
    ({ name, element, length }) => [name, byteLength(element, length)] as const,
  );
  const tooLarge = refuseShape(kernel.computes, variant.shape, facts) ?? refuseBytes(new Map(scratch), facts);
  if (tooLarge) return tooLarge;
  const valid = kernel.valid?.(variant, facts) ?? true;
  if (valid !== true) return unsupported(valid);
  return inParts ? undefined : refuseDispatch(kernel, variant, facts);
}

/** Why this device cannot hold an operation's buffers at this shape, or undefined where it can. */
export function refuseShape<S extends Shape>(
  operation: Signature<S>,
  shape: S,
  facts: DeviceFacts,
): Refusal | undefined {
  const valid = operation.valid?.(shape) ?? true;
  if (valid !== true) return unsupported(valid);
  return refuseBytes(bufferBytes(operation, shape), facts);
}

function refuseBytes(sizes: ReadonlyMap<string, number>, { limits }: DeviceFacts): Refusal | undefined {
  const most = Math.min(limits.maxStorageBufferBindingSize ?? 0, limits.maxBufferSize ?? 0);
  for (const [name, bytes] of sizes) {
    if (bytes <= most) continue;
    return unsupported(
      `${name} needs ${bytes.toLocaleString('en')} bytes, and this device allows ${most.toLocaleString('en')} in one buffer. Choose a smaller shape.`,
    );
  }
  return undefined;
}

function refuseDispatch<S extends Shape>(
  kernel: RunnableKernel<S>,
  variant: Variant<S>,
  facts: DeviceFacts,
): Refusal | undefined {
  const groupLimit = facts.limits.maxComputeWorkgroupsPerDimension ?? 65535;
  const widest = Math.max(...kernel.dispatch(variant).flatMap((dispatch) => dispatch.workgroups.map((n) => n ?? 1)));
  if (widest > groupLimit) {
    return unsupported(`The shape needs ${widest} workgroups in one dimension, and this device allows ${groupLimit}.`);
  }
  return undefined;
}

/** Sizes in bytes of an operation's buffers by binding name. */
export function bufferBytes<S extends Shape>(operation: Signature<S>, shape: S): ReadonlyMap<string, number> {
  return new Map(operation.bindings.map(({ name, element, length }) => [name, byteLength(element, length(shape))]));
}

/** Bytes of a buffer of `length` elements, rounded up to whole words as WebGPU copies demand. */
export function byteLength(element: ElementType, length: number): number {
  return Math.max(4, Math.ceil((length * (element === 'f16' ? 2 : 4)) / 4) * 4);
}

async function build<S extends Shape>(
  device: GPUDevice,
  kernel: RunnableKernel<S>,
  variant: Variant<S>,
  specialized: Specialized,
  entryPoints: readonly string[],
  inParts: boolean,
): Promise<Outcome<Compiled>> {
  let complaint: string | undefined;
  const outcome = await scoped(device, `compiling ${kernel.id}`, async () => {
    const module = device.createShaderModule({ label: kernel.id, code: specialized.code });
    complaint = await complaintOf(module, specialized);
    const layout = layoutOf(device, kernel, variant);
    const partLayout = inParts ? partLayoutOf(device) : undefined;
    const bindGroupLayouts = partLayout ? [layout, partLayout] : [layout];
    const pipelineLayout = device.createPipelineLayout({ bindGroupLayouts });
    const pipelines = await Promise.all(
      entryPoints.map((entryPoint) =>
        device.createComputePipelineAsync({
          label: `${kernel.id} ${entryPoint}`,
          layout: pipelineLayout,
          compute: { module, entryPoint },
        }),
      ),
    );
    return {
      code: specialized.code,
      layout,
      ...(partLayout ? { partLayout } : {}),
      pipelines: new Map(entryPoints.map((name, i) => [name, pipelines[i]!])),
    };
  });
  if (complaint !== undefined && outcome.status === 'failed') return failed('shader', complaint);
  return outcome;
}

async function complaintOf(module: GPUShaderModule, specialized: Specialized): Promise<string | undefined> {
  // Rejected only where the device is being lost, which making the pipeline then tells.
  const info = await module.getCompilationInfo().catch(() => undefined);
  const error = info?.messages.find((message) => message.type === 'error');
  return error && `${locate(specialized, error.lineNum, error.linePos)}: ${error.message}`;
}

function layoutOf<S extends Shape>(
  device: GPUDevice,
  kernel: RunnableKernel<S>,
  variant: Variant<S>,
): GPUBindGroupLayout {
  const types: GPUBufferBindingType[] = [
    'uniform',
    ...kernel.computes.bindings.map(({ access }) => (access === 'read' ? 'read-only-storage' : 'storage')),
    ...(kernel.scratch?.(variant) ?? []).map(() => 'storage' as const),
  ];
  return device.createBindGroupLayout({
    label: kernel.id,
    entries: types.map((type, binding) => ({ binding, visibility: ShaderStage.COMPUTE, buffer: { type } })),
  });
}

/** The place of a part in the whole grid: many in one buffer, told apart by their offsets. */
function partLayoutOf(device: GPUDevice): GPUBindGroupLayout {
  const buffer = { type: 'uniform', hasDynamicOffset: true, minBindingSize: gridPartBytes } as const;
  return device.createBindGroupLayout({
    label: 'part of a grid',
    entries: [{ binding: 0, visibility: ShaderStage.COMPUTE, buffer }],
  });
}
