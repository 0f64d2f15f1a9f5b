/** Which files are images, what class each is of, and in what order they are taken. */
import { describe, expect, it } from 'vitest';
import { classesOf, classOf, inTurns, isImage } from '../../src/models/data/images.js';

const named = (...names: string[]) => names.map((name) => ({ name }));

describe('images in folders', () => {
  it('are told from what lies beside them', () => {
    const files = named('a/1.png', 'a/2.JPEG', 'a/._1.png', '.hidden/3.png', 'a/notes.txt', 'b.webp');
    expect(files.filter(isImage).map(({ name }) => name)).toEqual(['a/1.png', 'a/2.JPEG', 'b.webp']);
  });

  it('are of classes by the order of the folders’ names', () => {
    const images = named('x/dog/1.png', 'x/cat/1.png', 'x/dog/2.png');
    expect(classesOf(images)).toEqual(['cat', 'dog']);
    expect(images.map((image) => classOf(image, classesOf(images)))).toEqual([1, 0, 1]);
    expect(classesOf(named('x/1.png', 'x/2.png'))).toEqual(['x']);
  });

  it('are of the class that a folder’s name is, where all are numbers', () => {
    const images = named('10/a.png', '2/a.png', '0/a.png');
    const classes = classesOf(images);
    expect(images.map((image) => classOf(image, classes))).toEqual([10, 2, 0]);
    expect(classes).toHaveLength(11);
  });

  it('are taken in turns, so that a part from the start holds all classes', () => {
    const images = named('a/1.png', 'a/2.png', 'a/3.png', 'b/1.png', 'c/1.png', 'c/2.png');
    expect(inTurns(images, 4).map(({ name }) => name)).toEqual(['a/1.png', 'b/1.png', 'c/1.png', 'a/2.png']);
    expect(inTurns(images)).toHaveLength(6);
  });
});
