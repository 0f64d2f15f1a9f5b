/** Writes public/results.schema.json: run `node build/write-schema.mjs` after a change to src/bench/results.ts. */
import { writeFileSync } from 'node:fs';
import { runnerImport } from 'vite';

const root = new URL('../', import.meta.url);
const { module } = await runnerImport(new URL('build/results-schema.ts', root).pathname, { logLevel: 'error' });
writeFileSync(new URL('public/results.schema.json', root), module.resultsJsonSchemaText());
