/** Register blocking over filters and pixels, straight from storage: what its rungs share. */
import type { DeviceFacts } from '../../src/kernel/facts.js';
import type { Dispatch, Variant } from '../../src/kernel/kernel.js';
import { convolutionF32 } from '../lib/convolution/sources.js';
import { workgroupFits } from '../lib/workgroup-fits.js';
import direct from './direct.wgsl';
import eightFilters from './eight_filters.wgsl';
import fourFilters from './four_filters.wgsl';
import type { ConvShape } from './operation.js';
import storeFour from './store_four.wgsl';

type Sizes = Variant<ConvShape, 'groupX' | 'groupY' | 'channels'>;

/** @param filters of each invocation. */
export function registerBlocked(filters: 4 | 8) {
  return {
    wgsl: [...convolutionF32, storeFour, filters === 8 ? eightFilters : fourFilters, direct],
    tunables: {
      groupX: { values: [8, 16, 32], default: 16, about: 'workgroup width, along the pixels' },
      groupY: { values: [1, 2, 4], default: 4, about: 'workgroup height, along the filters' },
      channels: { values: [8, 32], default: 32, about: 'channels that are summed before the next place of the window' },
    },
    valid: ({ tunables: { groupX, groupY } }: Sizes, facts: DeviceFacts) => workgroupFits(groupX * groupY, facts),
    dispatch: ({ shape, tunables: { groupX, groupY } }: Sizes): readonly Dispatch[] => {
      const tiles = Math.ceil(shape.filters / shape.groups / filters) * shape.groups;
      const pixels = shape.outHeight * shape.outWidth;
      return [{ workgroups: [Math.ceil(pixels / (4 * groupX)), Math.ceil(tiles / groupY), shape.batch] }];
    },
  };
}
