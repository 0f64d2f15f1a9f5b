/** Two small fixed workloads: an empty one to measure launches with, and an arithmetic one that shows drift and throttling. */
import type { PassTimer } from './batch.js';
import { readBack, storageBuffer } from './buffers.js';

const empty = '@compute @workgroup_size(1) fn main() {}';

/** Long dependent chains of multiply-adds on a few workgroups; the store keeps them from being removed. */
const arithmetic = `
@group(0) @binding(0) var<storage, read_write> sink: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  var x = vec4f(f32(id.x));
  for (var i = 0u; i < 512u; i++) { x = fma(x, vec4f(0.999), vec4f(0.001)); }
  sink[id.x] = x.x + x.y + x.z + x.w;
}`;

export interface Probes {
  /** One dispatch of one workgroup that does nothing. */
  readonly empty: ProbeSubject;
  readonly arithmetic: ProbeSubject;
  /** Submit, copy four bytes and map them; ns by the wall clock. */
  readonly readback: () => Promise<number>;
  readonly destroy: () => void;
}

interface ProbeSubject {
  readonly id: string;
  readonly run: (dispatches: number) => Promise<number>;
}

export async function createProbes(device: GPUDevice, timer: PassTimer, nowMs: () => number): Promise<Probes> {
  const groups = 16;
  const sink = storageBuffer(device, 'probe', groups * 64 * 4);
  const [emptyPipeline, arithmeticPipeline] = await Promise.all([
    pipeline(device, empty),
    pipeline(device, arithmetic),
  ]);
  const group = device.createBindGroup({
    layout: arithmeticPipeline.getBindGroupLayout(0),
    entries: [{ binding: 0, resource: { buffer: sink } }],
  });
  const subject = (id: string, encode: (pass: GPUComputePassEncoder) => void, workgroups: number): ProbeSubject => ({
    id,
    run: (dispatches) =>
      timer.time((pass) => {
        encode(pass);
        for (let i = 0; i < dispatches; i++) pass.dispatchWorkgroups(workgroups);
      }),
  });
  return {
    empty: subject('empty', (pass) => pass.setPipeline(emptyPipeline), 1),
    arithmetic: subject(
      'arithmetic',
      (pass) => {
        pass.setPipeline(arithmeticPipeline);
        pass.setBindGroup(0, group);
      },
      groups,
    ),
    async readback() {
      const begin = nowMs();
      await readBack(device, sink, 4);
      return (nowMs() - begin) * 1e6;
    },
    destroy: () => sink.destroy(),
  };
}

function pipeline(device: GPUDevice, code: string): Promise<GPUComputePipeline> {
  const module = device.createShaderModule({ code });
  return device.createComputePipelineAsync({ layout: 'auto', compute: { module, entryPoint: 'main' } });
}
