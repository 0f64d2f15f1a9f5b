/** The WGSL that every convolution in f32 begins with. */
import type { WgslSource } from '../../../src/kernel/wgsl.js';
import epilogue from '../epilogue.wgsl';
import window from '../window.wgsl';
import buffers from './buffers_f32.wgsl';
import groups from './groups.wgsl';

/** Buffers, sizes of groups and windows, and `finish`, which stores a sum with its bias and activation. */
export const convolutionF32: readonly WgslSource[] = [buffers, window, groups, epilogue];
