/** What kernels may ask about a device: plain data, so it crosses threads and can be written into a result. */
export interface DeviceFacts {
  readonly features: readonly string[];
  /** WGSL language features, e.g. `packed_4x8_integer_dot_product`. */
  readonly language: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
  /** Computes on the CPU, where barriers are dear; absent on GPUs. */
  readonly software?: boolean;
  /** Smallest and largest subgroup the adapter may use; absent where it has no subgroups. */
  readonly subgroup?: { readonly min: number; readonly max: number };
  /** Sizes and types of matrices that a subgroup multiplies at once; absent without the experimental feature. */
  readonly subgroupMatrices?: readonly SubgroupMatrix[];
}

/** result (M × N) += left (M × K) · right (K × N), as Dawn's `GPUAdapterInfo.subgroupMatrixConfigs` names them. */
export interface SubgroupMatrix {
  readonly componentType: string;
  readonly resultComponentType: string;
  readonly M: number;
  readonly N: number;
  readonly K: number;
}
