import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import * as z from 'zod';
import { type FileTree, findExtension, listFolders } from '../files/file-tree.js';
import { isPicture } from '../files/media.js';
import { splitNamed } from '../files/split-names.js';
import {
  type AnnotatedPicture,
  type AnnotatedPictures,
  annotationInvalid,
  type PictureObject,
  toBox,
} from './annotated.js';

const MAX_LABEL_BYTES = 2 ** 22;
const MAX_YAML_BYTES = 2 ** 20;
/** Labels are written with a few digits. */
const TOLERANCE = { x: 0.002, y: 0.002 };

const names = z.union([
  z.array(z.union([z.string(), z.number()]).transform(String)).min(1),
  z
    .record(z.string().regex(/^\d+$/), z.union([z.string(), z.number()]).transform(String))
    .transform((all) => Object.entries(all).sort(([a], [b]) => Number(a) - Number(b)))
    .refine(
      (all) => all.length > 0 && all.every(([key], i) => Number(key) === i),
      'classes are numbered from 0',
    )
    .transform((all) => all.map(([, name]) => name)),
]);
const place = z.union([z.string(), z.array(z.string())]).nullish();
const description = z.object({ names, train: place, val: place, test: place });

/** The YAML file that names the classes, of a tree with labels for pictures. */
export async function findYoloFile(tree: FileTree): Promise<string | undefined> {
  if (!tree.files.some(({ path }) => isLabel(path))) return undefined;
  for (const { path, bytes } of tree.files) {
    if (!['.yaml', '.yml'].includes(findExtension(path)) || bytes > MAX_YAML_BYTES) continue;
    if (/^names[ \t]*:/m.test(await readFile(tree.absolute(path), 'utf8'))) return path;
  }
  return undefined;
}

const isLabel = (path: string): boolean =>
  findExtension(path) === '.txt' && listFolders(path).includes('labels');

/**
 * Reads pictures with labels of YOLO: `images/…` and `labels/….txt`, boxes (`class x y width height`) or outlines
 * (`class x y x y …`), in shares of the picture. A picture without a file has no object. Throws `invalid`
 * ANNOTATION_INVALID with file and line.
 */
export async function readYolo(tree: FileTree): Promise<AnnotatedPictures> {
  const path = (await findYoloFile(tree))!;
  const parsed = description.safeParse(await parseYaml(tree, path));
  if (!parsed.success) {
    const [{ path: at, message }] = parsed.error.issues as [z.core.$ZodIssue];
    throw annotationInvalid(path, `${at.map(String).join('.')}: ${message}`);
  }
  const { names: labels, train, val, test } = parsed.data;
  const folders = Object.entries({ train, val, test }).flatMap(([split, at]) =>
    [at ?? []]
      .flat()
      .map((folder) => ({ split, folder: folder.replace(/^(?:\.{0,2}\/)+/, '').replace(/\/+$/, '') })),
  );
  const unused = new Set(tree.files.map((file) => file.path).filter(isLabel));
  const pictures: AnnotatedPicture[] = [];
  for (const picture of tree.files) {
    if (!isPicture(picture.path)) continue;
    const label = labelPath(picture.path);
    if (label === undefined) continue;
    unused.delete(label);
    const split =
      folders.find(({ folder }) => folder !== '' && `/${picture.path}`.includes(`/${folder}/`))?.split ??
      listFolders(picture.path).find(splitNamed) ??
      null;
    pictures.push({ path: picture.path, split, objects: await readLabels(tree, label, labels) });
  }
  const [lost] = [...unused].filter((file) => !/\/classes\.txt$/i.test(file));
  if (lost !== undefined) throw annotationInvalid(lost, 'its picture is missing');
  return { labels, pictures };
}

async function parseYaml(tree: FileTree, path: string): Promise<unknown> {
  try {
    return parse(await readFile(tree.absolute(path), 'utf8'), { maxAliasCount: 10 });
  } catch (error) {
    throw annotationInvalid(path, (error as Error).message.split('\n')[0]!, error);
  }
}

/** `a/images/train/x.jpg` has its labels in `a/labels/train/x.txt`. */
function labelPath(path: string): string | undefined {
  const parts = path.split('/');
  const at = parts.lastIndexOf('images');
  if (at === -1) return undefined;
  parts[at] = 'labels';
  return parts.join('/').replace(/\.[^./]+$/, '.txt');
}

async function readLabels(tree: FileTree, path: string, labels: readonly string[]): Promise<PictureObject[]> {
  if (!tree.has(path)) return [];
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
    const [index, ...numbers] = line.trim().split(/\s+/).map(Number) as [number, ...number[]];
    if (![index, ...numbers].every(Number.isFinite)) throw fault('has a value that is not a number');
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
