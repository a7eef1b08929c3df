import { decodePicture, type Pixels } from '../encoders/picture.pixels.js';
import type { FileTree } from '../files/file-tree.js';
import type { Cell, Field, Media, Records } from '../records.js';
import { AnnotatedTable } from './annotated-table.js';
import { UNKNOWN_CLASS } from './rasterize.js';

const MASK = new RegExp(
  '^(?:(?:semantic_?|class_?)?(?:masks?|segmentation(?:_?(?:mask|map))?)|' +
    'seg_?(?:mask|map)|labels?|annotations?|gt|ground_?truth)$',
  'i',
);
/** Masks that are looked at for their classes, spread over all records. */
const MAX_LOOKED_AT = 500;
/** A picture with more gray values shows something else than classes. */
const MAX_VALUES = 100;

/**
 * The records with a column of masks as the ground truth of another column of pictures; otherwise the same records. A
 * mask is a picture with the name of one and few gray values, which are the numbers of classes: 0 is the background,
 * 255 is unknown; in masks of 0 and 255 alone, 255 is the only class.
 */
export async function withMasks(records: Records, tree: FileTree): Promise<Records> {
  const pictures = records.fields.filter(({ kind }) => kind === 'picture');
  const masks = pictures.filter(({ name }) => MASK.test(name));
  const [mask] = masks;
  if (mask === undefined || masks.length > 1 || pictures.length < 2) return records;
  const values = await listValues(records, mask.name, tree);
  const classes = [...(values ?? [])].filter((value) => value !== 0 && value !== UNKNOWN_CLASS);
  const isBinary = values !== undefined && classes.length === 0 && values.has(UNKNOWN_CLASS);
  if (classes.length === 0 && !isBinary) return records;
  const labels = Array.from({ length: isBinary ? 1 : Math.max(...classes) }, (_, at) => `class ${at + 1}`);
  const note =
    `the gray values of "${mask.name}" are read as classes: 0 is the background, ` +
    (isBinary ? '255 the class' : `1 to ${labels.length} are classes, 255 is unknown`);
  const field: Field = { name: mask.name, kind: 'objects', labels, truth: 'mask', note };
  const convert = (cell: Cell): Cell =>
    cell === null ? null : { objects: [], numbers: { media: cell as Media, isBinary } };
  return new AnnotatedTable(records, [{ field, convert }]);
}

/** Gray values of the masks; `undefined` where one of them has colors, or too many values for classes. */
async function listValues(
  records: Records,
  name: string,
  tree: FileTree,
): Promise<ReadonlySet<number> | undefined> {
  const values = new Set<number>();
  const step = Math.max(1, Math.ceil(records.length / MAX_LOOKED_AT));
  for (let row = 0; row < records.length; row += step) {
    const cell = (await records.row(row))[name];
    if (cell === null || cell === undefined) continue;
    const pixels = await decodePicture(cell, tree, 3, (picture) => picture);
    if (!isGray(pixels)) return undefined;
    const own = new Set<number>();
    for (let at = 0; at < pixels.data.length; at += 3) own.add(pixels.data[at]!);
    if (own.size > MAX_VALUES) return undefined;
    for (const value of own) values.add(value);
  }
  return values;
}

function isGray({ data }: Pixels): boolean {
  for (let at = 0; at < data.length; at += 3)
    if (data[at] !== data[at + 1] || data[at] !== data[at + 2]) return false;
  return true;
}
