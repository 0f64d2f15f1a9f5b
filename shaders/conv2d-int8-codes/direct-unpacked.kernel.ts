/** For devices without dot4. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { direct } from '../lib/int8-conv/rungs.js';
import requantize from '../lib/requantize.wgsl';
import bindings from './bindings.wgsl';
import { conv2dInt8Codes, type Int8CodesShape } from './operation.js';

export default defineKernel({
  ...direct<Int8CodesShape>('unpacked', [bindings, requantize]),
  id: 'conv2d-int8-codes/direct-unpacked',
  computes: conv2dInt8Codes,
});
