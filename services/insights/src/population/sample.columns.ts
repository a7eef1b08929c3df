import type { MetadataColumn } from '@noema/insights';
import type { SplitName } from '@noema/kernel';
import type { SampleTable } from '@noema/population';
import { SAMPLE_COLUMNS } from '@noema/population/rules';
import type { SearchedRows } from './rows.js';

/** Columns of the sample table for the searched rows. */
export interface SampleColumns {
  readonly splits: readonly SplitName[];
  readonly splitCodes: Uint8Array;
  /** Class of the ground truth, −1 without one. */
  readonly classes: Int32Array;
  /** The same of all rows of the dataset version. */
  readonly allClasses: Int32Array;
  readonly metadata: readonly MetadataColumn[];
  /** Names of metadata that are true or false. */
  readonly booleans: ReadonlySet<string>;
  /** Hash of the address of each sample, which stays over versions of the data, uint32. */
  readonly keys: Uint32Array;
}

/** Reads the columns of a sample table. */
export async function readSampleColumns(table: SampleTable, rows: SearchedRows): Promise<SampleColumns> {
  await table.index(); // refuses a split that this program does not know
  const split = await table.codes(SAMPLE_COLUMNS.split);
  const classIndexes = await table.numbers(SAMPLE_COLUMNS.classIndex);
  const allClasses = Int32Array.from({ length: rows.of }, (_, row) =>
    classIndexes[row]! >= 0 ? classIndexes[row]! : -1,
  );
  const metadata: MetadataColumn[] = [];
  for (const { field, type, metadata: name } of table.columns)
    if (name !== undefined) metadata.push(await readMetadata(table, { field, type, name }, rows));
  return {
    splits: split.names as readonly SplitName[],
    splitCodes: Uint8Array.from({ length: rows.count }, (_, at) => split.values[rows.toRow(at)]!),
    classes: rows.pick(allClasses),
    allClasses,
    metadata,
    booleans: new Set(
      table.columns.flatMap(({ type, metadata: name }) =>
        type === 'boolean' && name !== undefined ? [name] : [],
      ),
    ),
    keys: await hashAddresses(table, split.names, split.values, rows),
  };
}

async function readMetadata(
  table: SampleTable,
  { field, type, name }: { readonly field: string; readonly type: string; readonly name: string },
  rows: SearchedRows,
): Promise<MetadataColumn> {
  if (type === 'number') {
    const values = new Float64Array(rows.of).fill(NaN);
    await table.cells(field, (cell, row) => {
      if (typeof cell === 'number' || typeof cell === 'bigint') values[row] = Number(cell);
    });
    return { name, type: 'number', values: rows.pick(values) };
  }
  const categories = new Map<string, number>();
  const codes = new Int32Array(rows.of).fill(-1);
  await table.cells(field, (cell, row) => {
    if (cell === null || cell === undefined) return;
    const text = String(cell);
    const code = categories.get(text) ?? categories.size;
    categories.set(text, code);
    codes[row] = code;
  });
  return { name, type: 'category', categories: [...categories.keys()], codes: rows.pick(codes) };
}

/** FNV-1a of `<split>/<sample id>`. */
async function hashAddresses(
  table: SampleTable,
  splits: readonly string[],
  splitCodes: Int32Array,
  rows: SearchedRows,
): Promise<Uint32Array> {
  const { bytes, offsets } = await table.texts(SAMPLE_COLUMNS.sampleId);
  const starts = splits.map((split) => hash(new TextEncoder().encode(`${split}/`), 0x811c9dc5));
  return Uint32Array.from({ length: rows.count }, (_, at) => {
    const row = rows.toRow(at);
    return hash(bytes.subarray(offsets[row], offsets[row + 1]), starts[splitCodes[row]!]!);
  });
}

function hash(bytes: Uint8Array, start: number): number {
  let h = start;
  for (const byte of bytes) h = Math.imul(h ^ byte, 0x01000193);
  return h >>> 0;
}
