/** Items for a model as the command line is given them: one file, or a folder of images with a folder inside for each class. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { classesOf, imageKinds, inTurns, isImage } from '../models/data/images.js';
import type { OpenDataRequest } from '../worker/models-api.js';
import { loadFile, namesIn } from './model-files.js';
import { UsageError } from './usage.js';

type Items = Pick<OpenDataRequest, 'files' | 'classes'>;

/**
 * @param limit images that are read of a folder, classes in turns; all where left out.
 * @throws UsageError where there is no such file, or no image in the folder.
 */
export function loadItems(path: string, limit?: number): Items {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return { files: [loadFile(path)] };
  const images = namesIn(path)
    .map((name) => ({ name }))
    .filter(isImage);
  if (images.length === 0) throw new UsageError(`There are no images in ${path} (${imageKinds}).`);
  const classes = classesOf(images);
  const files = inTurns(images, limit).map(({ name }) => ({ ...loadFile(join(path, name)), name }));
  // A single class is none: labels may come in a file of their own, one for each image that is there.
  return classes.length < 2 ? { files } : { files, classes };
}
