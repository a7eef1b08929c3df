import { readPictureSize } from '../encoders/picture.pixels.js';
import type { FileTree } from '../files/file-tree.js';
import type { Field, Records } from '../records.js';
import { AnnotatedTable, type OwnColumn } from './annotated-table.js';
import { annotationInvalid, type Edges, listClasses, type PictureObject, toBox } from './annotated.js';

/** Share of the boxes up to which those outside of their pictures are cut rather than refused. */
const MAX_CUT = 0.05;

/** Four numbers of a box as edges in pixels. */
const FORMS = {
  'x, y, width, height': ([x, y, width, height]: Four): Edges => ({
    left: x,
    top: y,
    right: x + width,
    bottom: y + height,
  }),
  'left, top, right, bottom': ([left, top, right, bottom]: Four): Edges => ({ left, top, right, bottom }),
};
type Form = keyof typeof FORMS;
type Four = readonly [number, number, number, number];

interface Size {
  readonly width: number;
  readonly height: number;
}

interface ListedBox {
  readonly row: number;
  readonly label: string;
  readonly box: Four;
}

/**
 * The records with the objects that a column of boxes and classes lists, where there are pictures; otherwise the same
 * records. Boxes are in pixels; whether they have sizes or second corners is found by which of the two stay inside of
 * the pictures. Throws `invalid` ANNOTATION_INVALID.
 */
export async function withObjects(records: Records, tree: FileTree): Promise<Records> {
  const column = records.fields.find(({ listed }) => listed !== undefined);
  const picture = records.fields.find(({ kind }) => kind === 'picture');
  if (column === undefined || picture === undefined) return records;
  const boxes = await readBoxes(records, column);
  // Shares of the sides; nothing says whether they begin at a corner or at the center.
  if (boxes.every(({ box }) => Math.max(...box) <= 1)) return records;
  const sizes = await readSizes(records, picture, tree);
  const form = chooseForm(boxes, sizes, column.name);
  const objects = Array.from({ length: records.length }, (): PictureObject[] => []);
  let cut = 0;
  for (const { row, label, box } of boxes) {
    const edges = toShares(FORMS[form](box), sizes[row]!);
    const inside = toBox(edges, onePixel(sizes[row]!));
    const kept = inside ?? toBox(edges, { x: Infinity, y: Infinity });
    if (inside === undefined) cut++;
    if (kept !== undefined) objects[row]!.push({ label, ...kept });
  }
  const labels = column.listed!.labels ?? sortLabels(boxes);
  const note =
    `the boxes of "${column.name}" are read as ${form} in pixels` +
    (cut === 0 ? '' : `; ${cut} of ${boxes.length} leave their pictures and are cut at the edges`);
  const maxObjects = objects.reduce((most, { length }) => Math.max(most, length), 1);
  const own: OwnColumn[] = [
    {
      field: { name: column.name, kind: 'objects', labels, truth: 'boxes', maxObjects, note },
      cell: (index) => ({ objects: objects[index]! }),
    },
    { field: { name: 'object_count', kind: 'number', whole: true }, cell: (index) => objects[index]!.length },
    { field: { name: 'object_classes', kind: 'text' }, cell: (index) => listClasses(objects[index]!) },
  ];
  const isTaken = ({ field: { name } }: OwnColumn): boolean =>
    name !== column.name && records.fields.some((field) => field.name === name);
  return new AnnotatedTable(
    records,
    own.filter((one) => !isTaken(one)),
  );
}

async function readBoxes(records: Records, { name, listed }: Field): Promise<ListedBox[]> {
  const { boxes: boxEntry, classes, labels } = listed!;
  const texts = await records.column(name);
  return texts.flatMap((text, row) => {
    const value = JSON.parse((text ?? '{}') as string) as Listed;
    const list = (entry: string): readonly unknown[] =>
      isList(value) ? value.map((one) => one[entry]) : (value[entry] ?? []);
    const [boxes, numbers] = [list(boxEntry), list(classes)];
    const place = `record ${row} of "${name}"`;
    if (boxes.length !== numbers.length)
      throw annotationInvalid(place, `it has ${boxes.length} boxes and ${numbers.length} classes`);
    return boxes.map((box, at) => {
      const label = labels === undefined ? String(numbers[at]) : labels[numbers[at] as number];
      if (label === undefined)
        throw annotationInvalid(
          place,
          `the class ${String(numbers[at])} is not one of the ${labels!.length}`,
        );
      if (!isFour(box))
        throw annotationInvalid(place, `the box ${JSON.stringify(box)} does not have four finite numbers`);
      return { row, label, box };
    });
  });
}

/** Lists by entry, or entries by object. */
type Listed =
  | Readonly<Record<string, readonly unknown[] | null>>
  | readonly Readonly<Record<string, unknown>>[];

const isList = (value: Listed): value is readonly Readonly<Record<string, unknown>>[] => Array.isArray(value);

const isFour = (box: unknown): box is Four =>
  Array.isArray(box) &&
  box.length === 4 &&
  box.every((value) => typeof value === 'number' && Number.isFinite(value));

/** Sizes of all pictures in pixels, of the columns `width` and `height` where these are numbers. */
async function readSizes(records: Records, picture: Field, tree: FileTree): Promise<Size[]> {
  const isNumber = (name: string): boolean =>
    records.fields.some((field) => field.name === name && field.kind === 'number');
  if (isNumber('width') && isNumber('height')) {
    const [widths, heights] = [await records.column('width'), await records.column('height')];
    return widths.map((width, row) => ({ width: width as number, height: heights[row] as number }));
  }
  const sizes: Size[] = [];
  for (let row = 0; row < records.length; row++) {
    const cell = (await records.row(row))[picture.name];
    const isThere = typeof cell === 'object' && cell !== null && 'path' in cell;
    sizes.push(isThere ? await readPictureSize(tree, cell) : { width: NaN, height: NaN });
  }
  return sizes;
}

function chooseForm(boxes: readonly ListedBox[], sizes: readonly Size[], column: string): Form {
  const outside = (form: Form): ListedBox[] =>
    boxes.filter(({ row, box }) => {
      const size = sizes[row]!;
      return toBox(toShares(FORMS[form](box), size), onePixel(size)) === undefined;
    });
  const [sized, cornered] = (Object.keys(FORMS) as Form[]).map((form) => ({ form, misfits: outside(form) }));
  const best = sized!.misfits.length <= cornered!.misfits.length ? sized! : cornered!;
  const [first] = best.misfits;
  if (first !== undefined && best.misfits.length > MAX_CUT * boxes.length) {
    const { width, height } = sizes[first.row]!;
    throw annotationInvalid(
      `record ${first.row} of "${column}"`,
      `the box [${first.box.join(', ')}] is not inside of its picture of ${width} × ${height} pixels, as are ` +
        `${best.misfits.length} of ${boxes.length} boxes`,
    );
  }
  return best.form;
}

const toShares = ({ left, top, right, bottom }: Edges, { width, height }: Size): Edges => ({
  left: left / width,
  top: top / height,
  right: right / width,
  bottom: bottom / height,
});

const onePixel = ({ width, height }: Size): { readonly x: number; readonly y: number } => ({
  x: 1 / width,
  y: 1 / height,
});

const sortLabels = (boxes: readonly ListedBox[]): string[] =>
  [...new Set(boxes.map(({ label }) => label))].sort((a, b) =>
    Number.isNaN(Number(a) - Number(b)) ? (a < b ? -1 : 1) : Number(a) - Number(b),
  );
