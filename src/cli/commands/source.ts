/** `tilewatt source KERNEL`: the WGSL exactly as the compiler gets it, without touching a GPU. */
import { specialize } from '../../kernel/specialize.js';
import { completeTunables, UnknownTunableError } from '../../kernel/tunables.js';
import type { Command } from '../command.js';
import { checkTunables, kernelNamed, shapesFor } from '../select.js';
import { UsageError } from '../usage.js';

export const source: Command = {
  synopsis: 'source KERNEL',
  about: "the kernel's WGSL as compiled",
  detail:
    'Some kernels choose their text by the sizes; without --shape it is the text for the first preset of the operation.',
  options: ['shape', 'set'],
  examples: [
    ['tilewatt source gemm-f32/naive', 'with default tunables'],
    ['tilewatt source gemm-f32/naive --set groupX=8 > naive.wgsl', 'tuned, into a file'],
  ],
  run({ positionals, settings }) {
    const [id, ...more] = positionals;
    if (id === undefined || more.length > 0)
      throw new UsageError('source takes one kernel: tilewatt source gemm-f32/naive.');
    const kernel = kernelNamed(id);
    const operation = kernel.computes;
    checkTunables([kernel], settings.tunables);
    const [typed] = shapesFor(operation, settings, [{ operation, kernels: [kernel] }]);
    const shape = typed ?? operation.presets[0]?.shape ?? operation.cases[0]!;
    try {
      process.stdout.write(specialize(kernel, { shape, tunables: completeTunables(kernel, settings.tunables) }).code);
    } catch (error) {
      if (error instanceof UnknownTunableError) throw new UsageError(error.message);
      throw error;
    }
    return 0;
  },
};
