/** Register blocking over four filters and four pixels, straight from storage. */
import { defineKernel } from '../../src/kernel/kernel.js';
import { conv2d } from './operation.js';
import { registerBlocked } from './register-blocked.js';

export default defineKernel({
  id: 'conv2d/direct',
  title: 'Register-blocked, direct',
  summary: 'Four filters × four pixels in the registers of each invocation share what they load.',
  computes: conv2d,
  rung: 2,
  ...registerBlocked(4),
});
