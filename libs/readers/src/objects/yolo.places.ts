import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import * as z from 'zod';
import { type FileTree, findExtension, listFolders } from '../files/file-tree.js';
import { isPicture } from '../files/media.js';
import { splitNamed } from '../files/split-names.js';
import { annotationInvalid } from './annotated.js';

const MAX_LIST_BYTES = 2 ** 26;
const MAX_YAML_BYTES = 2 ** 20;
const HEAD_BYTES = 4_096;

/** Lists of class names, one a line: of darknet, of LabelImg, of Roboflow. */
const NAMES_FILE = /(?:^|\/)(?:[^/]+\.names|classes\.txt|_darknet\.labels)$/i;

/** Folders of labels next to a folder of pictures. */
const LABEL_FOLDERS = ['labels', 'Labels', 'annotations', 'Annotations'];

/** Classes and splits of a YOLO data set, as its files declare them. */
export interface YoloDescription {
  readonly labels: readonly string[];
  /** Numbers of the key points that follow each box. */
  readonly keyPoints: number;
  readonly findSplit: (picture: string) => string | undefined;
}

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
const description = z.object({
  names,
  train: place,
  val: place,
  test: place,
  kpt_shape: z.tuple([z.number().int().min(1), z.number().int().min(2).max(3)]).nullish(),
});

/** The file that names the classes: a YAML file with `names`, or a list, of a tree with labels for pictures. */
export async function findYoloFile(tree: FileTree): Promise<string | undefined> {
  if (!tree.files.some(({ path }) => isPicture(path) && findLabelFile(tree, path) !== undefined))
    return undefined;
  for (const { path, bytes } of tree.files) {
    if (!['.yaml', '.yml'].includes(findExtension(path)) || bytes > MAX_YAML_BYTES) continue;
    if (/^names[ \t]*:/m.test(await readFile(tree.absolute(path), 'utf8'))) return path;
  }
  return tree.files.find(({ path, bytes }) => NAMES_FILE.test(path) && bytes <= MAX_YAML_BYTES)?.path;
}

export const isInLabels = (path: string): boolean =>
  findExtension(path) === '.txt' && listFolders(path).includes('labels') && !NAMES_FILE.test(path);

/** The path that labels of a picture have by name: `a/labels/x.txt` of `a/images/x.jpg`, or next to it. */
export function findLabelFile(tree: FileTree, picture: string): string | undefined {
  const parts = picture.replace(/\.[^./]+$/, '.txt').split('/');
  const at = parts.findLastIndex((part) => part.toLowerCase() === 'images');
  const candidates = [
    ...(at === -1 ? [] : LABEL_FOLDERS.map((folder) => parts.with(at, folder).join('/'))),
    parts.join('/'),
  ];
  return candidates.find((path) => tree.has(path) && !NAMES_FILE.test(path));
}

/** Reads the classes, and which picture is in which split. Throws `invalid` ANNOTATION_INVALID. */
export async function readYoloDescription(tree: FileTree, path: string): Promise<YoloDescription> {
  const isYaml = ['.yaml', '.yml'].includes(findExtension(path));
  const {
    names: labels,
    kpt_shape: keyPoints,
    ...places
  } = isYaml ? await parseYaml(tree, path) : { names: await readLines(tree, path) };
  if (labels.length === 0) throw annotationInvalid(path, 'it names no class');
  const splits = Object.entries(places).flatMap(([split, at]) =>
    [at ?? []]
      .flat()
      .map((folder) => ({ split, folder: folder.replace(/^(?:\.{0,2}\/)+/, '').replace(/\/+$/, '') })),
  );
  const listed = await readLists(tree);
  return {
    labels,
    keyPoints: keyPoints == null ? 0 : keyPoints[0] * keyPoints[1],
    findSplit: (picture) =>
      splits.find(({ folder }) => folder !== '' && `/${picture}`.includes(`/${folder}/`))?.split ??
      listed(picture) ??
      listFolders(picture).find(splitNamed),
  };
}

async function parseYaml(tree: FileTree, path: string): Promise<z.infer<typeof description>> {
  let value: unknown;
  try {
    value = parse(await readFile(tree.absolute(path), 'utf8'), { maxAliasCount: 10 });
  } catch (error) {
    throw annotationInvalid(path, (error as Error).message.split('\n')[0]!, error);
  }
  const parsed = description.safeParse(value);
  if (parsed.success) return parsed.data;
  const [{ path: at, message }] = parsed.error.issues as [z.core.$ZodIssue];
  throw annotationInvalid(path, `${at.map(String).join('.')}: ${message}`);
}

async function readLines(tree: FileTree, path: string): Promise<string[]> {
  const text = await readFile(tree.absolute(path), 'utf8');
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/**
 * The split of a picture by lists of pictures such as `train.txt`, as darknet has them. Their paths begin in
 * another folder than the tree, so that a picture is matched by the end of its path.
 */
async function readLists(tree: FileTree): Promise<(picture: string) => string | undefined> {
  const splits = new Map<string, string>();
  for (const { path, bytes } of tree.files) {
    const stem = path
      .split('/')
      .at(-1)!
      .replace(/\.txt$/i, '');
    const split = stem.split(/[-_.]/).find((word) => splitNamed(word.replace(/\d+$/, '')) !== undefined);
    if (findExtension(path) !== '.txt' || split === undefined || isInLabels(path)) continue;
    const [first = ''] = (await tree.readHead(path, HEAD_BYTES)).split(/\r?\n/);
    if (!isPicture(first.trim())) continue;
    if (bytes > MAX_LIST_BYTES)
      throw annotationInvalid(
        path,
        `it has ${bytes} bytes; a list of pictures has at most ${MAX_LIST_BYTES}`,
      );
    for (const line of await readLines(tree, path))
      splits.set(lastParts(line.replaceAll('\\', '/')), split.replace(/\d+$/, ''));
  }
  return (picture) => splits.get(lastParts(picture));
}

/** Folder and name of a picture. */
const lastParts = (path: string): string => path.split('/').slice(-2).join('/');
