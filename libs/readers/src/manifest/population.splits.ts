import { hash } from 'node:crypto';
import { SPLIT_NAMES, type SplitName } from '@noema/integration';
import { DomainError, seededRandom } from '@noema/kernel';
import { type Cell, cellText, type Records } from '../records.js';
import type { Manifest } from './manifest.js';

/** Indexes of the records of one split, and their ids. */
export interface SplitIndexes {
  readonly indexes: Int32Array;
  readonly ids: string[];
}

type Assigning = Pick<Manifest, 'splits' | 'id' | 'ground_truths'>;

/** The same number of records draws the same part. */
const PART_SEED = 17;

/**
 * Assigns every record to a split: by the value of a column, or by shares of a hash of its id (or of its group,
 * so that a group stays together). A record without ground truth is unlabeled. Throws `invalid` SPLIT_UNKNOWN for
 * a value that no split lists. With `part`, that many records count; a record has the split that it has among all.
 */
export async function assignSplits(
  records: Records,
  manifest: Assigning,
  part = records.length,
): Promise<Map<SplitName, SplitIndexes>> {
  const ids = manifest.id === undefined ? undefined : await records.column(manifest.id);
  const findId = (index: number): string => (ids === undefined ? String(index) : cellText(ids[index]));
  const findSplit = await splitter(records, manifest, findId);
  const hasTruth = await labeled(records, manifest);
  const chosen = new Map<SplitName, { indexes: number[]; ids: string[] }>(
    SPLIT_NAMES.map((name) => [name, { indexes: [], ids: [] }]),
  );
  for (const index of drawPart(records.length, part)) {
    const split = hasTruth(index) ? findSplit(index) : 'unlabeled';
    const own = chosen.get(split)!;
    own.indexes.push(index);
    own.ids.push(findId(index));
  }
  return new Map(
    [...chosen]
      .filter(([, part]) => part.ids.length > 0)
      .map(([name, part]) => [name, { indexes: Int32Array.from(part.indexes), ids: part.ids }]),
  );
}

/** Indexes of `count` of `length` records, rising: each part is as likely (selection sampling, Knuth 1969, 3.4.2 S). */
function* drawPart(length: number, count: number): Generator<number> {
  const random = seededRandom(PART_SEED);
  let open = Math.min(count, length);
  for (let index = 0; open > 0; index++) {
    if (open < length - index && random() * (length - index) >= open) continue;
    open--;
    yield index;
  }
}

async function splitter(
  records: Records,
  { splits }: Assigning,
  findId: (index: number) => string,
): Promise<(index: number) => SplitName> {
  const nameRecord = (index: number): string =>
    findId(index) === String(index) ? String(index) : `${index} ("${findId(index)}")`;
  if ('column' in splits) {
    const { column } = splits;
    const cells = await records.column(column);
    const known = new Map<string, SplitName>(
      SPLIT_NAMES.flatMap((name) => (splits[name] ?? []).map((value) => [value, name] as const)),
    );
    return (index) => {
      const value = cells[index] ?? null;
      const split = value === null ? undefined : known.get(cellText(value));
      if (split !== undefined) return split;
      throw new DomainError(
        'invalid',
        'SPLIT_UNKNOWN',
        `record ${nameRecord(index)} has ${value === null ? 'no value' : `"${cellText(value)}"`} in the column ` +
          `"${column}", which the manifest assigns to no split; listed: ${[...known.keys()].join(', ')}`,
        { metadata: { column_name: column } },
      );
    };
  }
  const groups = splits.group === undefined ? undefined : await records.column(splits.group);
  const key = (index: number): string => (groups === undefined ? findId(index) : cellText(groups[index]));
  return (index) => {
    const place = hashShare(key(index));
    if (place < splits.training) return 'training';
    return place < splits.training + splits.validation || splits.test === undefined ? 'validation' : 'test';
  };
}

/** A number from 0 to below 1 that depends on the text alone: the first 32 bits of its SHA-256. */
export function hashShare(text: string): number {
  const bytes = hash('sha256', text, 'binary');
  const low = (bytes.charCodeAt(1) << 16) | (bytes.charCodeAt(2) << 8) | bytes.charCodeAt(3);
  return (bytes.charCodeAt(0) * 2 ** 24 + low) / 2 ** 32;
}

/** Whether a record has a value in every column of its ground truths that stand in one column. */
async function labeled(
  records: Records,
  { ground_truths: truths }: Assigning,
): Promise<(index: number) => boolean> {
  const columns: (readonly Cell[])[] = [];
  for (const spec of Object.values(truths))
    if (
      typeof spec['column'] === 'string' &&
      records.fields.find((field) => field.name === spec['column'])?.kind !== 'numbers'
    )
      columns.push(await records.column(spec['column']));
  return (index) =>
    columns.every((cells) => cells[index] !== null && cells[index] !== undefined && cells[index] !== '');
}
