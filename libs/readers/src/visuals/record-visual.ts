import {
  audio,
  type Awaitable,
  image,
  imageWithBoxes,
  imageWithMask,
  series,
  spans,
  spansOfTags,
  table,
  type TableVisual,
  tensor,
  text,
  type Visualizer,
  wordOffsets,
} from '@noema/integration';
import * as z from 'zod';
import { resample } from '../audio/resample.js';
import { decodeSound } from '../audio/wav.js';
import { decodePicture, type Pixels } from '../encoders/picture.pixels.js';
import { SPLITS, splitWords } from '../encoders/words.js';
import { readTags } from '../encoders/tags.encoder.js';
import { rasterize, UNKNOWN_CLASS } from '../objects/rasterize.js';
import { dataFault, valueFault } from '../data-fault.js';
import type { EncoderContext } from '../encoders/encoder.js';
import type { FileTree } from '../files/file-tree.js';
import { loadTokenizer } from '../tokenizer/load-tokenizer.js';
import { type Cell, cellText, type Columns, type Numbers, type Row } from '../records.js';

type Visual = Awaited<ReturnType<Visualizer<unknown>>>;

/** Longest side of a picture that is stored to be looked at. */
const MAX_SIDE = 512;
/** Samples of a sound that are stored to be heard: 100 s of 44.1 kHz. */
const MAX_HEARD = 4_410_000;

/** How a record is shown. */
export const visualSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('image'), column: z.string() }),
  z.strictObject({
    kind: z.literal('boxes'),
    column: z.string(),
    objects: z.string(),
    labels: z.array(z.string()),
  }),
  z.strictObject({
    kind: z.literal('mask'),
    column: z.string(),
    objects: z.string(),
    labels: z.array(z.string()),
  }),
  z.strictObject({
    kind: z.literal('audio'),
    column: z.string(),
    /** Cut or padded by silence to this length, as the input is. */
    seconds: z.number().positive().max(600).optional(),
  }),
  z.strictObject({ kind: z.literal('text'), column: z.string() }),
  z.strictObject({
    kind: z.literal('words'),
    column: z.string(),
    length: z.int().min(1),
    split: z.enum(SPLITS).optional(),
  }),
  z.strictObject({
    kind: z.literal('tags'),
    column: z.string(),
    tags: z.string(),
    /** Names of all parts, which have one color each. */
    labels: z.array(z.string()),
  }),
  z.strictObject({
    kind: z.literal('tokens'),
    column: z.string(),
    tokenizer: z.string(),
    length: z.int().min(1).max(8_192),
  }),
  z.strictObject({ kind: z.literal('series'), column: z.string() }),
  z.strictObject({ kind: z.literal('table'), columns: z.array(z.string()).min(1).max(200) }),
]);
export type VisualSpec = z.infer<typeof visualSchema>;

/** How a record is shown, with the positions of the input that the rows of a table stand for. */
export type PlacedVisual = VisualSpec & Partial<Pick<TableVisual, 'positions'>>;

export const columnsOfVisual = (spec: VisualSpec): readonly string[] =>
  spec.kind === 'table'
    ? spec.columns
    : spec.kind === 'boxes' || spec.kind === 'mask'
      ? [spec.column, spec.objects]
      : spec.kind === 'tags'
        ? [spec.column, spec.tags]
        : [spec.column];

/** The visual of a record. Throws `invalid` for a value that has no such visual. */
export function showRecord(
  spec: PlacedVisual,
  context: EncoderContext,
): Awaitable<(row: Row) => Awaitable<Visual>> {
  const { tree } = context;
  switch (spec.kind) {
    case 'image':
      return (row) => showImage(row[spec.column] ?? null, tree);
    case 'boxes':
    case 'mask':
      return (row) => showObjects(spec, row, tree);
    case 'audio':
      return (row) => showSound(spec, row, tree);
    case 'text':
      return (row) => text(toText(spec.column, row[spec.column] ?? null));
    case 'words':
      return (row) => {
        const value = toText(spec.column, row[spec.column] ?? null);
        return text(splitWords(value, spec.split).slice(0, spec.length));
      };
    case 'tags':
      return (row) => {
        const words = readTags(row, spec.tags, spec.column);
        const offsets = wordOffsets(words.map(({ word }) => word));
        const parts = spansOfTags(
          offsets,
          words.map(({ tag }) => tag),
        );
        return spans(toText(spec.column, row[spec.column] ?? null), parts, { labels: spec.labels, offsets });
      };
    case 'tokens':
      return showTokens(spec, context);
    case 'series':
      return (row) => series(toLines(toNumbers(spec.column, row[spec.column] ?? null)));
    case 'table':
      return (row) =>
        table(
          ['column', 'value'],
          spec.columns.map((column) => [column, plain(row[column] ?? null)]),
          placed(spec),
        );
  }
}

/** A text with the positions of its tokens: a heat map colors each token of the input. */
async function showTokens(
  { column, tokenizer: path, length }: Extract<VisualSpec, { kind: 'tokens' }>,
  context: EncoderContext,
): Promise<(row: Row) => Visual> {
  const tokenizer = await loadTokenizer(path, context);
  return (row) => {
    const value = toText(column, row[column] ?? null);
    const offsets = tokenizer.encodeTo(value, length).map(({ offset }) => offset ?? null);
    return text(value, { offsets });
  };
}

/** Encoded visuals of many records at once, the same bytes; `undefined` for a kind that has no quick way. */
export function showRecords(
  spec: PlacedVisual,
): ((columns: Columns, rows: number) => Uint8Array[]) | undefined {
  if (spec.kind !== 'table') return undefined;
  const head = `{"columns":["column","value"],"rows":[`;
  const tail = spec.positions === undefined ? ']}' : `],"positions":${JSON.stringify(spec.positions)}}`;
  const names = spec.columns.map((column, i) => `${i === 0 ? '' : ','}[${JSON.stringify(column)},`);
  return (columns, rows) => {
    const cells = spec.columns.map((column) => columns.get(column)!);
    return Array.from({ length: rows }, (_, row) => {
      let text = head;
      for (const [i, name] of names.entries()) text += `${name}${JSON.stringify(plain(cells[i]![row]!))}]`;
      return Buffer.from(text + tail);
    });
  };
}

const placed = ({ positions }: PlacedVisual): Partial<Pick<TableVisual, 'positions'>> =>
  positions === undefined ? {} : { positions };

/**
 * The channels mixed to one, at the rate of the file, over the time of the input where that is known; at a lower rate
 * where its samples would be too many.
 */
async function showSound(
  { column, seconds }: Extract<VisualSpec, { kind: 'audio' }>,
  row: Row,
  tree: FileTree,
): Promise<Visual> {
  const { samples, rate } = await decodeSound(column, row[column], tree);
  if (seconds === undefined) return audio(samples.subarray(0, MAX_HEARD), { sampleRate: rate });
  const sampleRate = Math.floor(rate / Math.ceil((seconds * rate) / MAX_HEARD));
  const heard = new Float32Array(Math.round(seconds * sampleRate));
  const input = samples.subarray(0, Math.ceil(seconds * rate));
  heard.set(resample(input, rate, sampleRate).subarray(0, heard.length));
  return audio(heard, { sampleRate });
}

/** A picture with its objects; the mask has the size of the picture that is shown. */
async function showObjects(
  { kind, column, objects: name, labels }: Extract<VisualSpec, { kind: 'boxes' | 'mask' }>,
  row: Row,
  tree: FileTree,
): Promise<Visual> {
  const cell = row[name] ?? null;
  if (typeof cell !== 'object' || cell === null || !('objects' in cell))
    throw valueFault('VALUE_INVALID', name, cell, 'the objects of a picture are needed');
  const { data, height, width, channels } = await shrink(row[column] ?? null, tree);
  const pixels = tensor(data, [height, width, channels]);
  if (kind === 'mask')
    return imageWithMask(
      pixels,
      tensor(await rasterize(cell, labels, [height, width], tree), [height, width]),
      {
        labels: ['background', ...labels],
        background: [0, UNKNOWN_CLASS],
      },
    );
  const boxes = cell.objects.map(({ label, x, y, width: w, height: h }) => ({
    label,
    x: rounded(x * width),
    y: rounded(y * height),
    width: rounded(w * width),
    height: rounded(h * height),
  }));
  return imageWithBoxes(pixels, boxes, { labels });
}

/** Thousandths of a pixel. */
const rounded = (pixels: number): number => Math.round(pixels * 1_000) / 1_000;

const shrink = (cell: Cell, tree: FileTree): Promise<Pixels> =>
  decodePicture(cell, tree, 3, (picture) =>
    picture.resize(MAX_SIDE, MAX_SIDE, { fit: 'inside', withoutEnlargement: true }),
  );

async function showImage(cell: Cell, tree: FileTree): Promise<Visual> {
  if (typeof cell === 'object' && cell !== null && 'data' in cell) return image(toPixels(cell));
  const { data, height, width, channels } = await shrink(cell, tree);
  return image(tensor(data, [height, width, channels]));
}

/** Unchanged bytes, other numbers from their smallest to their largest. */
function toPixels({ data, shape }: Numbers): Numbers {
  if (data instanceof Uint8Array) return { data, shape };
  let low = Infinity;
  let high = -Infinity;
  for (const value of data) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const range = high > low ? high - low : 1;
  return { data: Float32Array.from(data, (value) => (value - low) / range), shape };
}

/** Lines of `[length]` or `[length, channels]` numbers. */
function toLines({ data, shape }: Numbers): Record<string, number[]> {
  const channels = shape.length > 1 ? shape.slice(1).reduce((a, b) => a * b, 1) : 1;
  return Object.fromEntries(
    Array.from({ length: channels }, (_, c) => [
      channels === 1 ? 'value' : `channel ${c}`,
      Array.from({ length: data.length / channels }, (_unused, i) => data[i * channels + c]!),
    ]),
  );
}

const toNumbers = (column: string, cell: Cell): Numbers => {
  if (typeof cell === 'object' && cell !== null && 'data' in cell) return cell;
  throw valueFault('VALUE_INVALID', column, cell, 'an array is needed');
};
const toText = (column: string, cell: Cell): string => {
  if (typeof cell === 'string') return cell;
  throw dataFault('VALUE_INVALID', 'the record', `has no text in the column "${column}"`);
};
const plain = (cell: Cell): string | number | boolean | null =>
  typeof cell === 'object' && cell !== null
    ? 'shape' in cell
      ? `${cell.shape.join(' × ')} numbers`
      : cellText(cell)
    : typeof cell === 'number' && Number.isNaN(cell)
      ? null
      : cell;
