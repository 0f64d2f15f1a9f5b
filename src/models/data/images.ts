/** Images sorted into a folder per class: which files they are, what class each is of, and in what order they are taken. */

interface Named {
  /** With its path, folders parted by `/`. */
  readonly name: string;
}

/** What browsers decode. */
export const imageKinds = 'PNG, JPEG, WebP, GIF or BMP';

/** Files that systems hide beside the images are none. */
export function isImage({ name }: Named): boolean {
  return /\.(png|jpe?g|webp|gif|bmp)$/i.test(name) && !/(^|\/)[._]/.test(name);
}

export function isArchive({ name }: Named): boolean {
  return /\.zip$/i.test(name);
}

/** Names of the classes, the position being the class; of folders that are numbers, the number is. */
export function classesOf(images: readonly Named[]): readonly string[] {
  const folders = [...new Set(images.map(folderOf))].sort();
  if (folders.length < 2 || !folders.every((name) => /^\d{1,4}$/.test(name))) return folders;
  const named: string[] = [];
  for (const name of folders) named[Number(name)] = name;
  return Array.from(named, (name, i) => name ?? String(i));
}

/** The class of an image, −1 where its folder is none. */
export function classOf(image: Named, classes: readonly string[]): number {
  return classes.indexOf(folderOf(image));
}

/**
 * Images by name, classes in turns, so that a part from the start holds all of them.
 * @param limit how many are taken; all where left out.
 */
export function inTurns<T extends Named>(images: readonly T[], limit?: number): readonly T[] {
  const counts = new Map<string, number>();
  return images
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((image) => {
      const folder = folderOf(image);
      const turn = counts.get(folder) ?? 0;
      counts.set(folder, turn + 1);
      return { image, turn };
    })
    .sort((a, b) => a.turn - b.turn)
    .slice(0, limit)
    .map(({ image }) => image);
}

/** The folder that a file lies in. */
function folderOf({ name }: Named): string {
  return name.split('/').at(-2) ?? '';
}
