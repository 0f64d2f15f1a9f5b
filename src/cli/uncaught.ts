/** Turns what fails while modules are loaded, such as a kernel's record with a wrong id, into a sentence. Imported first. */
import { CatalogueError } from '../kernel/catalogue-error.js';

process.on('uncaughtException', (error) => {
  const text = error instanceof CatalogueError ? error.message : `This is a fault of tilewatt itself: ${error.stack}`;
  process.stderr.write(`tilewatt: ${text}\n`);
  process.exit(1);
});
