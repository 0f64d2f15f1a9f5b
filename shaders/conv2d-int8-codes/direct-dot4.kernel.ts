/** Four channels to an instruction. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { direct } from '../lib/int8-conv/rungs.js';
import requantize from '../lib/requantize.wgsl';
import bindings from './bindings.wgsl';
import { conv2dInt8Codes, type Int8CodesShape } from './operation.js';

export default defineKernel({
  ...direct<Int8CodesShape>('dot4', [bindings, requantize]),
  id: 'conv2d-int8-codes/direct-dot4',
  computes: conv2dInt8Codes,
});
