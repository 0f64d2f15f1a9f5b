/** Register blocking over eight filters and four pixels, straight from storage. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { conv2d } from './operation.js';
import { registerBlocked } from './register-blocked.js';

export default defineKernel({
  id: 'conv2d/wide',
  title: 'Register-blocked, eight filters',
  summary: 'Eight filters × four pixels in registers: three loads for eight multiply-adds.',
  computes: conv2d,
  rung: 3,
  ...registerBlocked(8),
});
