/** The JSON Schema of results files, made from the schema they are checked with on import. */
import { toJsonSchema } from '@valibot/to-json-schema';
import { resultsSchema, schemaId } from '../src/bench/results.js';

export function resultsJsonSchema(): object {
  // JSON has no infinite numbers to rule out.
  const schema = toJsonSchema(resultsSchema, { target: 'draft-2020-12', ignoreActions: ['finite'] });
  return {
    title: schemaId,
    description: 'Results of Tilewatt: GPU kernels verified, timed and compared on one device. Times are in ns.',
    ...schema,
  };
}

/** The text of `public/results.schema.json`. */
export function resultsJsonSchemaText(): string {
  return `${JSON.stringify(resultsJsonSchema(), null, 2)}\n`;
}
