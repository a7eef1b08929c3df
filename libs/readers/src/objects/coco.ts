import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { type FileTree, findExtension, listFolders } from '../files/file-tree.js';
import { isPicture } from '../files/media.js';
import { splitNamed } from '../files/split-names.js';
import {
  type AnnotatedPicture,
  type AnnotatedPictures,
  annotationInvalid,
  clip,
  type PictureObject,
  toBox,
} from './annotated.js';
import { readRuns } from './coco-runs.js';

/** V8 holds no longer text. */
const MAX_BYTES = 2 ** 28;
const HEAD_BYTES = 65_536;

const file = z.object({
  images: z.array(
    z.object({
      id: z.union([z.number(), z.string()]),
      file_name: z.string().min(1),
      width: z.number().positive(),
      height: z.number().positive(),
    }),
  ),
  categories: z.array(z.object({ id: z.number(), name: z.string().min(1) })).min(1),
  annotations: z.array(
    z.object({
      id: z.union([z.number(), z.string()]).optional(),
      image_id: z.union([z.number(), z.string()]),
      category_id: z.number(),
      bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]),
      segmentation: z.unknown().optional(),
    }),
  ),
});
type CocoFile = z.infer<typeof file>;

/** JSON files of the tree that have the parts of a COCO file of instances. */
export async function findCocoFiles(tree: FileTree): Promise<string[]> {
  const found: string[] = [];
  for (const { path } of tree.files) {
    if (findExtension(path) !== '.json') continue;
    const head = await tree.readHead(path, HEAD_BYTES);
    const tail = await tree.readTail(path, HEAD_BYTES);
    const text = head + tail;
    if (
      /^\s*\{/.test(head) &&
      /"(?:images|annotations)"\s*:\s*\[/.test(text) &&
      /"(?:categories|bbox)"/.test(text)
    )
      found.push(path);
  }
  const instances = found.filter((path) => /instances/i.test(path));
  return instances.length > 0 ? instances : found;
}

/** Reads the files of COCO instances (https://cocodataset.org/#format-data). Throws `invalid` ANNOTATION_INVALID. */
export async function readCoco(tree: FileTree): Promise<AnnotatedPictures> {
  const paths = await findCocoFiles(tree);
  const labels = new Map<number, string>();
  const pictures: AnnotatedPicture[] = [];
  const lookup = new PictureLookup(tree);
  for (const path of paths) {
    const content = await parse(tree, path);
    for (const { id, name } of [...content.categories].sort((a, b) => a.id - b.id)) {
      const other = labels.get(id);
      if (other !== undefined && other !== name)
        throw annotationInvalid(path, `category ${id} is "${name}", and "${other}" in another file`);
      labels.set(id, name);
    }
    for (const picture of readPictures(path, content, lookup)) pictures.push(picture);
  }
  const names = [...labels].sort(([a], [b]) => a - b).map(([, name]) => name);
  return { labels: [...new Set(names)], pictures };
}

async function parse(tree: FileTree, path: string): Promise<CocoFile> {
  const { bytes } = tree.files.find((one) => one.path === path)!;
  if (bytes > MAX_BYTES)
    throw annotationInvalid(path, `it has ${bytes} bytes; a file of annotations has at most ${MAX_BYTES}`);
  let value: unknown;
  try {
    value = JSON.parse(await readFile(tree.absolute(path), 'utf8'));
  } catch (error) {
    throw annotationInvalid(path, `it is not JSON (${(error as Error).message.slice(0, 200)})`, error);
  }
  const parsed = file.safeParse(value);
  if (parsed.success) return parsed.data;
  const [{ path: place, message }] = parsed.error.issues as [z.core.$ZodIssue];
  throw annotationInvalid(path, `${place.map(String).join('.')}: ${message}${describeOther(value)}`);
}

/** Contents of COCO files that have no boxes, by the key of an annotation. */
const OTHER_PARTS: Readonly<Record<string, string>> = {
  caption: 'captions',
  segments_info: 'panoptic segments',
  category_id: 'classes of whole pictures',
};

function describeOther(value: unknown): string {
  const { annotations } = value as { annotations?: unknown };
  const first: unknown = Array.isArray(annotations) ? annotations[0] : undefined;
  if (typeof first !== 'object' || first === null || 'bbox' in first) return '';
  const found = Object.entries(OTHER_PARTS).find(([key]) => key in first)?.[1];
  return found === undefined ? '' : `; it has ${found}, and only boxes ("bbox") are read`;
}

function readPictures(path: string, content: CocoFile, lookup: PictureLookup): AnnotatedPicture[] {
  const labels = new Map(content.categories.map(({ id, name }) => [id, name]));
  const split = findSplit(path);
  const objects = new Map<number | string, PictureObject[]>();
  const images = new Map(content.images.map((image) => [image.id, image]));
  for (const { id } of content.images) objects.set(id, []);
  for (const [
    at,
    { id, image_id: imageId, category_id: category, bbox, segmentation },
  ] of content.annotations.entries()) {
    const place = `annotations[${at}]${id === undefined ? '' : ` (id ${id})`}`;
    const image = images.get(imageId);
    if (image === undefined)
      throw annotationInvalid(path, `${place} is of the image ${imageId}, which it does not list`);
    const label = labels.get(category);
    if (label === undefined)
      throw annotationInvalid(path, `${place} is of the category ${category}, which it does not list`);
    const { width, height } = image;
    const [x, y, w, h] = bbox;
    const box = toBox(
      { left: x / width, top: y / height, right: (x + w) / width, bottom: (y + h) / height },
      { x: 1 / width, y: 1 / height },
    );
    if (box === undefined)
      throw annotationInvalid(
        path,
        `${place} has the box [${bbox.join(', ')}], which is not inside of its picture ${image.file_name} of ` +
          `${width} × ${height} pixels`,
      );
    const outline = toOutline(segmentation, width, height);
    if (typeof outline === 'string') throw annotationInvalid(path, `${place} has ${outline}`);
    objects.get(imageId)!.push({ label, ...box, ...outline });
  }
  return content.images.map(({ id, file_name: name }) => {
    const found = lookup.find(path, name);
    if (found === undefined)
      throw annotationInvalid(path, `the picture ${name} of the image ${id} is not in ${lookup.root}`);
    return {
      path: found,
      split: split ?? listFolders(found).find(splitNamed) ?? null,
      objects: objects.get(id)!,
    };
  });
}

/** Outlines or runs; `{}` without a segmentation, for which a box stands; a text for a fault. */
function toOutline(
  segmentation: unknown,
  width: number,
  height: number,
): Pick<PictureObject, 'polygons' | 'runs'> | string {
  if (typeof segmentation === 'object' && segmentation !== null && 'counts' in segmentation) {
    const runs = readRuns(segmentation, height, width);
    return typeof runs === 'string' ? runs : { runs };
  }
  if (!Array.isArray(segmentation) || segmentation.length === 0) return {};
  const polygons = (segmentation as unknown[]).filter(
    (one): one is number[] =>
      Array.isArray(one) && one.length >= 6 && one.every((n) => typeof n === 'number'),
  );
  if (polygons.length !== segmentation.length) return {};
  return {
    polygons: polygons.map((one) => one.map((value, i) => clip(value / (i % 2 === 0 ? width : height)))),
  };
}

/** `instances_train2017.json` and `train/_annotations.coco.json` are both of the split `train`. */
function findSplit(path: string): string | undefined {
  const stem = path
    .split('/')
    .at(-1)!
    .replace(/\.json$/i, '');
  return [
    ...stem.split(/[-_.]/).map((word) => word.replace(/\d+$/, '')),
    ...listFolders(path).reverse(),
  ].find((word) => splitNamed(word) !== undefined);
}

/** Pictures by the names that a file of annotations gives them. */
export class PictureLookup {
  private readonly byName = new Map<string, string[]>();

  constructor(private readonly tree: FileTree) {
    for (const { path } of tree.files)
      if (isPicture(path)) {
        const name = path.split('/').at(-1)!;
        this.byName.set(name, [...(this.byName.get(name) ?? []), path]);
      }
  }

  get root(): string {
    return this.tree.root;
  }

  /** The path that ends with the name: next to the file first, then the only one, then in a folder of its split. */
  find(file: string, name: string): string | undefined {
    const folder = listFolders(file).join('/');
    const plain = name.replaceAll('\\', '/').replace(/^\.?\//, '');
    for (const path of [folder === '' ? plain : `${folder}/${plain}`, plain])
      if (this.tree.has(path)) return path;
    const all = (this.byName.get(plain.split('/').at(-1)!) ?? []).filter(
      (path) => path === plain || path.endsWith(`/${plain}`),
    );
    if (all.length <= 1) return all[0];
    const split = findSplit(file);
    const own = all.filter((path) =>
      listFolders(path).some((one) => split !== undefined && one.replace(/\d+$/, '') === split),
    );
    return own.length === 1 ? own[0] : undefined;
  }
}
