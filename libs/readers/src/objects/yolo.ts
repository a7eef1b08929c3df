import { readFile } from 'node:fs/promises';
import { type FileTree, listFolders } from '../files/file-tree.js';
import { isPicture } from '../files/media.js';
import {
  type AnnotatedPicture,
  type AnnotatedPictures,
  annotationInvalid,
  type PictureObject,
  toBox,
} from './annotated.js';
import { findLabelFile, findYoloFile, isInLabels, readYoloDescription } from './yolo.places.js';

const MAX_LABEL_BYTES = 2 ** 22;
/** Labels are written with a few digits. */
const TOLERANCE = { x: 0.002, y: 0.002 };

/**
 * Reads pictures with labels of YOLO: boxes (`class x y width height`, with key points where the YAML file has
 * `kpt_shape`) or outlines (`class x y x y …`, also the corners of rotated boxes), in shares of the picture.
 * Labels are in `labels/….txt` of `images/…`, or next to the picture. A picture without a file has no object.
 * Throws `invalid` ANNOTATION_INVALID with file and line.
 */
export async function readYolo(tree: FileTree): Promise<AnnotatedPictures> {
  const { labels, keyPoints, findSplit } = await readYoloDescription(tree, (await findYoloFile(tree))!);
  const unused = new Set(tree.files.map((file) => file.path).filter(isInLabels));
  const pictures: AnnotatedPicture[] = [];
  const found = tree.files
    .filter(({ path }) => isPicture(path))
    .map(({ path }) => ({ path, label: findLabelFile(tree, path) }));
  // a picture far from all labels, such as a logo, is not a sample
  const folders = new Set(
    found.filter(({ label }) => label !== undefined).map(({ path }) => findFolder(path)),
  );
  for (const { path, label } of found) {
    if (label === undefined && !listFolders(path).includes('images') && !folders.has(findFolder(path)))
      continue;
    if (label !== undefined) unused.delete(label);
    const objects = label === undefined ? [] : await readLabels(tree, label, labels, keyPoints);
    pictures.push({ path, split: findSplit(path) ?? null, objects });
  }
  const [lost] = unused;
  if (lost !== undefined) throw annotationInvalid(lost, 'its picture is missing');
  return { labels, pictures };
}

const findFolder = (path: string): string => listFolders(path).join('/');

async function readLabels(
  tree: FileTree,
  path: string,
  labels: readonly string[],
  keyPoints: number,
): Promise<PictureObject[]> {
  const bytes = await readFile(tree.absolute(path));
  if (bytes.length > MAX_LABEL_BYTES)
    throw annotationInvalid(
      path,
      `it has ${bytes.length} bytes; the labels of a picture have at most ${MAX_LABEL_BYTES}`,
    );
  const objects: PictureObject[] = [];
  for (const [at, line] of bytes.toString('utf8').split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const fault = (why: string) =>
      annotationInvalid(path, `line ${at + 1} ${why}: ${JSON.stringify(line.slice(0, 120))}`);
    const [index, ...values] = line.trim().split(/\s+/).map(Number) as [number, ...number[]];
    if (![index, ...values].every(Number.isFinite)) throw fault('has a value that is not a number');
    if (keyPoints > 0 && values.length !== 4 + keyPoints)
      throw fault(`has ${values.length + 1} numbers; a box with key points has ${5 + keyPoints}`);
    const numbers = keyPoints > 0 ? values.slice(0, 4) : values;
    const label = labels[index];
    if (label === undefined) throw fault(`is of the class ${index}; there are ${labels.length} classes`);
    const isOutline = numbers.length >= 6 && numbers.length % 2 === 0;
    if (numbers.length !== 4 && !isOutline)
      throw fault(`has ${numbers.length + 1} numbers; a box has 5, and an outline 7, 9, …`);
    const box = toBox(
      isOutline ? around(numbers) : edges(numbers as [number, number, number, number]),
      TOLERANCE,
    );
    if (box === undefined) throw fault('has a box that is not inside of the picture');
    objects.push({ label, ...box, ...(isOutline ? { polygons: [numbers] } : {}) });
  }
  return objects;
}

const edges = ([x, y, width, height]: readonly [number, number, number, number]) => ({
  left: x - width / 2,
  right: x + width / 2,
  top: y - height / 2,
  bottom: y + height / 2,
});

function around(outline: readonly number[]) {
  const [xs, ys] = [0, 1].map((odd) => outline.filter((_, i) => i % 2 === odd)) as [number[], number[]];
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}
