/** The kernels of products with quantized operands, on real WebGPU: half of all work, in a file of its own. */
import { isQuantized } from './support/families.js';
import { describeKernels } from './support/verify-kernels.js';

await describeKernels(isQuantized);
