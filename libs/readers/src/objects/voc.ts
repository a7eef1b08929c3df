import { readFile } from 'node:fs/promises';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import * as z from 'zod';
import { type FileTree, findExtension, listFolders } from '../files/file-tree.js';
import { readPictureSize } from '../encoders/picture.pixels.js';
import { splitNamed } from '../files/split-names.js';
import {
  type AnnotatedPicture,
  type AnnotatedPictures,
  annotationInvalid,
  type PictureObject,
  toBox,
} from './annotated.js';
import { PictureLookup } from './coco.js';

const MAX_XML_BYTES = 2 ** 22;
/** Classes of Pascal VOC, in the order of the colors of its masks, from 1. */
const VOC_LABELS = [
  ...[
    'aeroplane',
    'bicycle',
    'bird',
    'boat',
    'bottle',
    'bus',
    'car',
    'cat',
    'chair',
    'cow',
    'diningtable',
    'dog',
  ],
  ...['horse', 'motorbike', 'person', 'pottedplant', 'sheep', 'sofa', 'train', 'tvmonitor'],
];

const number = z.coerce.number();
const annotation = z.object({
  annotation: z.object({
    filename: z.string().optional(),
    size: z.object({ width: number.positive(), height: number.positive() }).optional(),
    object: z
      .array(
        z.object({
          name: z.string().min(1),
          bndbox: z.object({ xmin: number, ymin: number, xmax: number, ymax: number }),
        }),
      )
      .default([]),
  }),
});

// No entities: a few of them can stand for any number of characters.
const parser = new XMLParser({
  ignoreAttributes: true,
  processEntities: false,
  parseTagValue: false,
  isArray: (name, path) => path === 'annotation.object' && name === 'object',
});

/** The XML files in the folders `Annotations`, or next to pictures. */
export async function findVocFiles(tree: FileTree): Promise<string[]> {
  const files = tree.files.map(({ path }) => path).filter((path) => findExtension(path) === '.xml');
  const [first] = files;
  if (first === undefined) return [];
  return /<annotation[\s>]/.test(await tree.readHead(first, 4_096)) ? files : [];
}

/**
 * Reads the annotations of Pascal VOC: an XML file for each picture, and lists of the splits in `ImageSets`.
 * Throws `invalid` ANNOTATION_INVALID with the file at fault.
 */
export async function readVoc(tree: FileTree): Promise<AnnotatedPictures> {
  const files = await findVocFiles(tree);
  const masks = new Map(
    tree.files
      .filter(({ path }) => listFolders(path).at(-1) === 'SegmentationClass')
      .map(({ path }) => [findStem(path), path]),
  );
  const splits = await readSplits(tree, masks.size > 0 ? ['Main', 'Segmentation'] : ['Main']);
  const lookup = new PictureLookup(tree);
  const labels = new Set<string>();
  const pictures: AnnotatedPicture[] = [];
  for (const path of files) {
    const { filename, size: stated, object } = await parseFile(tree, path);
    const stem = findStem(path);
    const picture =
      (filename === undefined ? undefined : lookup.find(path, filename)) ?? findByStem(tree, stem);
    if (picture === undefined) throw annotationInvalid(path, `its picture ${filename ?? stem} is missing`);
    const size = stated ?? (await readPictureSize(tree, { path: picture }));
    const objects = object.map(({ name, bndbox }, at): PictureObject => {
      const { width, height } = size;
      const { xmin, ymin, xmax, ymax } = bndbox;
      // pixels are numbered from 1, and the last one is inside
      const box = toBox(
        { left: (xmin - 1) / width, top: (ymin - 1) / height, right: xmax / width, bottom: ymax / height },
        { x: 1 / width, y: 1 / height },
      );
      if (box === undefined)
        throw annotationInvalid(
          path,
          `object ${at + 1} ("${name}") has the box ${xmin}, ${ymin} to ${xmax}, ${ymax}, which is not inside of its ` +
            `picture of ${width} × ${height} pixels`,
        );
      labels.add(name);
      return { label: name, ...box };
    });
    const mask = masks.get(stem);
    const split = splits.size === 0 ? (listFolders(picture).find(splitNamed) ?? null) : splits.get(stem);
    // a picture in no list of splits belongs to none
    if (split !== undefined)
      pictures.push({ path: picture, split, objects, ...(mask === undefined ? {} : { mask }) });
  }
  const known = [...labels].every((label) => VOC_LABELS.includes(label));
  return { labels: known && masks.size > 0 ? VOC_LABELS : [...labels].sort(), pictures };
}

async function parseFile(tree: FileTree, path: string): Promise<z.infer<typeof annotation>['annotation']> {
  const bytes = await readFile(tree.absolute(path));
  if (bytes.length > MAX_XML_BYTES)
    throw annotationInvalid(path, `it has ${bytes.length} bytes; an annotation has at most ${MAX_XML_BYTES}`);
  const text = bytes.toString('utf8');
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text))
    throw annotationInvalid(path, 'it declares entities, which are never read');
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw annotationInvalid(path, `line ${valid.err.line}: ${valid.err.msg}`);
  const parsed = annotation.safeParse(parser.parse(text));
  if (parsed.success) return parsed.data.annotation;
  const [{ path: place, message }] = parsed.error.issues as [z.core.$ZodIssue];
  throw annotationInvalid(path, `${findLine(text, place)}${place.map(String).join('.')}: ${message}`);
}

/** The line of the object that a path into the annotation names: `line 7: `; empty for another path. */
function findLine(text: string, [, name, index]: readonly PropertyKey[]): string {
  if (name !== 'object' || typeof index !== 'number') return '';
  const found = [...text.matchAll(/<object[\s>]/g)][index];
  return found === undefined ? '' : `line ${text.slice(0, found.index).split('\n').length}: `;
}

/** Split by the name of a picture, from `ImageSets/<kind>/<split>.txt`. */
async function readSplits(tree: FileTree, kinds: readonly string[]): Promise<Map<string, string>> {
  const splits = new Map<string, string>();
  for (const { path } of tree.files) {
    const folders = listFolders(path);
    const split = splitNamed(findStem(path));
    if (folders.at(-2) !== 'ImageSets' || !kinds.includes(folders.at(-1)!) || split === undefined) continue;
    for (const line of (await readFile(tree.absolute(path), 'utf8')).split(/\r?\n/)) {
      const [name] = line.trim().split(/\s+/);
      if (name !== undefined && name !== '') splits.set(name, findStem(path));
    }
  }
  return splits;
}

const findStem = (path: string): string =>
  path
    .split('/')
    .at(-1)!
    .replace(/\.[^.]+$/, '');

const findByStem = (tree: FileTree, stem: string): string | undefined =>
  tree.files.find(({ path }) => listFolders(path).at(-1) === 'JPEGImages' && findStem(path) === stem)?.path;
