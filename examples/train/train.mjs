/** Trains the sample models and writes them with their held-out data: `node examples/train/train.mjs [digits|grammar]`, both without a name. */
import { runnerImport } from 'vite';

const folder = new URL('./', import.meta.url);
const names = process.argv.length > 2 ? process.argv.slice(2) : ['digits', 'grammar'];
for (const name of names) {
  if (name !== 'digits' && name !== 'grammar') throw new Error(`"${name}" is no sample; there are digits and grammar.`);
  const { module } = await runnerImport(new URL(`train-${name}.ts`, folder).pathname, { logLevel: 'error' });
  await module.train(console.log);
}
