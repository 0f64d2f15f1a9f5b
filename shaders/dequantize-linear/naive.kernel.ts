/** The only rung: an element per invocation. */
import { defineKernel } from '../../src/kernel/kernel.js';
import scaleOf from '../lib/quantization_axis.wgsl';
import { elements } from '../lib/reduction/axis.js';
import { fits, lined, threads } from '../lib/strided/dispatch.js';
import main from '../lib/strided/main.wgsl';
import naive from './naive.wgsl';
import { dequantizeLinear } from './operation.js';

export default defineKernel({
  id: 'dequantize-linear/naive',
  title: 'Naive',
  summary: 'One invocation per element finds its scale and zero point.',
  computes: dequantizeLinear,
  rung: 1,
  wgsl: [scaleOf, naive, main],
  tunables: { threads },
  valid: fits,
  dispatch: (variant) => lined(variant, elements(variant.shape)),
});
