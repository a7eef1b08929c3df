import { runInNewContext } from 'node:vm';
import {
  CompressionType,
  compressionRegistry,
  DataType,
  type Field as ArrowField,
  type Table,
  tableFromIPC,
  Type,
  type Vector,
} from 'apache-arrow';
import { DomainError } from '@noema/kernel';
import { dataFault } from '../data-fault.js';
import { findListedObjects, type NestedType } from '../objects/listed-objects.js';
import { findSoundForm, isAudio } from '../files/media.js';
import type { Cell, Field, Media } from '../records.js';
import { RowRecords, sortValues } from '../row-records.js';
import { decodeLz4 } from './lz4-frame.js';
import { decodeZstd } from './zstd-frame.js';
import { classNames, type Feature, type Features, readFeatures } from '../tables/hugging-face.js';
import {
  findTagged,
  type ListColumn,
  type Tagged,
  tagField,
  toWord,
  wordField,
} from '../tables/tagged-lists.js';

/** One Arrow file, and the split that its name or folder states. */
export interface ArrowFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly split?: string;
}

/** A column: its field, and the cell of a value. */
interface Column {
  readonly field: Field;
  readonly toCell: (value: unknown) => Cell;
}

const SPLIT = 'split';
/** Bytes of the columns of a file, decompressed. */
const MAX_BYTES = 2 ** 30;

/** Longest time to read a file: a base, and what decompression takes on a loaded machine. */
const READ_MS = 5_000;
const READ_BYTES_PER_MS = 8_192;

/** Bytes that the file that is being read may still have. */
let left = 0;
const codec = (decode: (frame: Uint8Array, limit: number) => Uint8Array) => ({
  decode: (frame: Uint8Array) => {
    const bytes = decode(frame, left);
    left -= bytes.length;
    return bytes;
  },
});
compressionRegistry.set(CompressionType.LZ4_FRAME, codec(decodeLz4));
compressionRegistry.set(CompressionType.ZSTD, codec(decodeZstd));

/**
 * Records of Arrow files (IPC, files or streams) with the same columns, which stay views of the bytes. Classes and
 * pictures of Hugging Face data sets are known by the features in the file, else by `stated`. A file whose reading
 * takes longer than `readMs`, and 1 ms for each 8 KiB, is refused. Throws `invalid` ARROW_INVALID.
 */
export function arrowRecords(
  files: readonly ArrowFile[],
  stated: Features = {},
  readMs = READ_MS,
): RowRecords {
  const tables = files.map((file) => readTable(file, readMs));
  const [first] = tables;
  if (first === undefined) throw new DomainError('invalid', 'ARROW_INVALID', 'there is no Arrow file');
  const features = { ...stated, ...readFeatures(first.schema.metadata.get('huggingface')) };
  const tagged = findTagged(listColumns(first.schema.fields));
  const columns = new Map(
    first.schema.fields.flatMap((field) => {
      const { name } = field;
      const feature = features[name] ?? {};
      const column =
        name === tagged?.words
          ? { field: wordField(name), toCell: (value: unknown) => listWords(value).join(' ') }
          : tagged?.tags.includes(name)
            ? toTagColumn(name, { feature, tagged, tables })
            : toColumn(field, feature, first.getChild(name));
      return column === undefined ? [] : [[name, column] as const];
    }),
  );
  const types = tables.map(listTypes);
  for (const [at, own] of types.entries())
    for (const name of columns.keys())
      requireType(files, { at, name, own: own.get(name), first: types[0]!.get(name) });
  const starts = tables.map((_, i) => tables.slice(0, i).reduce((sum, { numRows }) => sum + numRows, 0));
  const vectors = tables.map(
    (table) => new Map([...columns.keys()].map((name) => [name, table.getChild(name)!])),
  );
  const hasSplits = files.every(({ split }) => split !== undefined) && !columns.has(SPLIT);
  const fields = [...columns.values()].map(({ field }) => field);
  return new RowRecords(
    hasSplits ? [...fields, { name: SPLIT, kind: 'text' }] : fields,
    tables.reduce((sum, { numRows }) => sum + numRows, 0),
    (index, name) => {
      const at = starts.findLastIndex((start) => start <= index);
      if (hasSplits && name === SPLIT) return files[at]!.split!;
      const value: unknown = vectors[at]!.get(name)!.get(index - starts[at]!);
      return value === null || value === undefined ? null : columns.get(name)!.toCell(value);
    },
  );
}

/** Types of the columns as texts, by name. */
const listTypes = ({ schema }: Table): Map<string, string> =>
  new Map(schema.fields.map(({ name, type }) => [name, (type as { toString: () => string }).toString()]));

function requireType(
  files: readonly ArrowFile[],
  {
    at,
    name,
    own,
    first,
  }: {
    readonly at: number;
    readonly name: string;
    readonly own?: string | undefined;
    readonly first?: string | undefined;
  },
): void {
  if (own === first) return;
  const other = files[0]!.path;
  throw dataFault(
    'ARROW_INVALID',
    files[at]!.path,
    own === undefined
      ? `has no column "${name}", which ${other} has`
      : `has the column "${name}" of the type ${own}, and ${other} of ${first}`,
  );
}

function readTable({ path, bytes }: ArrowFile, readMs: number): Table {
  left = MAX_BYTES;
  const limitMs = readMs + Math.ceil(bytes.length / READ_BYTES_PER_MS);
  try {
    // a damaged file can keep the library in a loop without end, which only V8 can stop
    return runInNewContext('read()', { read: () => tableFromIPC(bytes) }, { timeout: limitMs }) as Table;
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    const why =
      code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
        ? `it is damaged, since reading it took more than ${limitMs} ms`
        : message.slice(0, 200);
    throw dataFault('ARROW_INVALID', path, `cannot be read as an Arrow file: ${why}`, error);
  }
}

/** `undefined` for a column that has no use, such as a list of texts. */
function toColumn(field: ArrowField, feature: Feature, vector: Vector | null): Column | undefined {
  const { name } = field;
  const type: DataType = field.type as DataType;
  const names = classNames(feature);
  if (names !== undefined && DataType.isInt(type))
    return {
      field: { name, kind: 'text', labels: names },
      toCell: (value) => names[Number(value)] ?? null,
    };
  if (DataType.isBool(type)) return { field: { name, kind: 'boolean' }, toCell: (value) => value as boolean };
  if (DataType.isInt(type) || DataType.isFloat(type))
    return { field: { name, kind: 'number', whole: DataType.isInt(type) }, toCell: Number };
  if (isText(type)) return { field: { name, kind: 'text' }, toCell: String };
  if (DataType.isDate(type) || DataType.isTimestamp(type))
    return { field: { name, kind: 'time' }, toCell: (value) => new Date(Number(value)).toISOString() };
  if (DataType.isBinary(type) || DataType.isLargeBinary(type))
    return toMediaColumn(name, feature, vector, (value) => ({ path: '', bytes: value as Uint8Array }));
  if (DataType.isStruct(type) && hasFields(type.children, 'bytes', 'path'))
    return toMediaColumn(name, feature, vector, toMedia);
  if (isNumberList(type)) {
    const shape = findShape(vector?.get(0));
    return { field: { name, kind: 'numbers', shape }, toCell: (value) => toNumbers(value, shape) };
  }
  const listed = findListedObjects(toNestedType(type), feature);
  return listed && { field: { name, kind: 'text', nested: true, listed }, toCell: toJson };
}

function toNestedType(type: DataType): NestedType {
  if (type.typeId === Type.List || type.typeId === Type.FixedSizeList)
    return { item: toNestedType(type.children[0]!.type as DataType) };
  if (DataType.isStruct(type))
    return {
      entries: new Map(type.children.map((child) => [child.name, toNestedType(child.type as DataType)])),
    };
  if (DataType.isInt(type)) return 'whole number';
  return DataType.isFloat(type) ? 'fraction' : isText(type) ? 'text' : 'other';
}

const toJson = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? Number(one) : one));

/** The columns of lists of texts and of whole numbers. */
function listColumns(fields: readonly ArrowField[]): ListColumn[] {
  return fields.flatMap(({ name, type }): ListColumn[] => {
    const { typeId, children } = type as DataType;
    if (typeId !== Type.List && typeId !== Type.FixedSizeList) return [];
    const item = children[0]!.type as DataType;
    if (isText(item)) return [{ name, values: 'texts' }];
    return DataType.isInt(item) ? [{ name, values: 'whole numbers' }] : [];
  });
}

/** The values of a list as words; one without a value counts as none. */
const listWords = (value: unknown, names?: readonly string[]): string[] =>
  Array.from(value as Iterable<string | number | bigint | null>, (item) =>
    item === null ? undefined : names === undefined ? String(item) : names[Number(item)],
  ).flatMap((word) => (word === undefined ? [] : [toWord(word)]));

/** Tags, by the names of their classes where these are stated. */
function toTagColumn(
  name: string,
  {
    feature,
    tagged,
    tables,
  }: { readonly feature: Feature; readonly tagged: Tagged; readonly tables: readonly Table[] },
): Column {
  const names = classNames(feature.feature);
  const found = new Set<string>();
  if (names === undefined)
    for (const table of tables)
      for (const list of table.getChild(name) ?? [])
        if (list !== null) for (const tag of listWords(list)) found.add(tag);
  const labels = names?.map(toWord) ?? sortValues(found, { kind: 'text' });
  return {
    field: tagField(name, tagged, labels),
    toCell: (value) => listWords(value, names).join(' '),
  };
}

/** Pictures or sounds: as the features say, or the first value. */
function toMediaColumn(
  name: string,
  { _type }: Feature,
  vector: Vector | null,
  toCell: (value: unknown) => Media | null,
): Column {
  let first: Media | null = null;
  for (let i = 0; first === null && i < (vector?.length ?? 0); i++) {
    const value: unknown = vector!.get(i);
    if (value !== null) first = toCell(value);
  }
  const isSound =
    _type === 'Audio' ||
    (first !== null &&
      (first.bytes === undefined ? isAudio(first.path) : findSoundForm(first.bytes) !== undefined));
  return { field: { name, kind: isSound ? 'audio' : 'picture' }, toCell };
}

const isText = (type: DataType): boolean =>
  DataType.isUtf8(type) ||
  DataType.isLargeUtf8(type) ||
  (DataType.isDictionary(type) && DataType.isUtf8(type.dictionary));
const hasFields = (children: readonly ArrowField[], ...names: readonly string[]): boolean =>
  names.every((name) => children.some((child) => child.name === name));

function isNumberList(type: DataType): boolean {
  if (type.typeId !== Type.List && type.typeId !== Type.FixedSizeList) return false;
  const item = type.children[0]!.type as DataType;
  return DataType.isInt(item) || DataType.isFloat(item) || isNumberList(item);
}

function toMedia(value: unknown): Media | null {
  const { bytes, path } = value as { readonly bytes: Uint8Array | null; readonly path: string | null };
  if (bytes === null) return path === null || path === '' ? null : { path };
  return { path: path ?? '', bytes };
}

const isVector = (value: unknown): value is Vector =>
  typeof value === 'object' && value !== null && 'toArray' in value && 'length' in value;

function findShape(value: unknown): number[] {
  const shape: number[] = [];
  for (let at = value; isVector(at); at = at.get(0)) shape.push(at.length);
  return shape;
}

function toNumbers(value: unknown, shape: readonly number[]): Cell {
  const data: number[] = [];
  const collect = (at: unknown): void => {
    if (isVector(at)) for (let i = 0; i < at.length; i++) collect(at.get(i));
    else data.push(at === null ? NaN : Number(at));
  };
  collect(value);
  const size = shape.reduce((a, b) => a * b, 1);
  return { data: Float64Array.from(data), shape: size === data.length ? shape : [data.length] };
}
