/** Four channels to an instruction. */
import { defineKernel } from '../../src/kernel/kernel.js';
import epilogue from '../lib/epilogue.wgsl';
import { direct } from '../lib/int8-conv/rungs.js';
import bindings from './bindings.wgsl';
import { conv2dInt8, type Int8LayerShape } from './operation.js';

export default defineKernel({
  ...direct<Int8LayerShape>('dot4', [bindings, epilogue]),
  id: 'conv2d-int8/direct-dot4',
  computes: conv2dInt8,
});
