import { bindFilter, type FieldType, parseFilter, rowTest, toScalar } from '@noema/kernel/filter-language';
import { asDomainError } from '@noema/kernel/domain-error';
import type { TextColumn } from '../../../api/point-stores.js';
import { type BitMask, countBits, createMask, eitherMask, listPoints } from '../points/bit-mask.js';
import type { Column } from '../points/column.js';
import { textMask } from './filters.js';
import { columnOfField, fieldReader, searchAliases } from './search-fields.js';

/** Points that are looked at before the page may answer again. */
const SLICE = 40_000;
/** Found points up to which the list is sorted by id; more stay in their order. */
const SORTED_UP_TO = 20_000;

/** The input of a search. */
export interface Searched {
  readonly typed: string;
  readonly count: number;
  readonly toRow: (point: number) => number;
  readonly ids: TextColumn | undefined;
  /** Text columns whose values are searched in addition to the ids. */
  readonly columns: readonly Column[];
  readonly fields: ReadonlyMap<string, FieldType>;
  /** Loads the columns that a condition names. */
  readonly load: (names: readonly string[]) => Promise<ReadonlyMap<string, Column>>;
  readonly signal: AbortSignal;
}

/** The points found, the list of them, and what is wrong with a condition that cannot be understood. */
export interface Found {
  readonly mask: BitMask;
  readonly count: number;
  readonly points: readonly number[];
  readonly error?: string;
}

/** Whether a text is meant as a condition of the filter language rather than as a part of an id. */
export const isCondition = (typed: string): boolean => /[=<>!]|:\s*\S|\b(AND|OR|NOT)\b/.test(typed);

/**
 * The points that meet a condition, or whose id or one of whose texts contains what was typed, whatever the
 * case. Throws when `signal` aborts.
 */
export async function search(searched: Searched): Promise<Found> {
  const { typed, ids } = searched;
  if (!isCondition(typed)) return listed(await containing(searched), ids);
  try {
    return listed(await meeting(searched), ids);
  } catch (error) {
    searched.signal.throwIfAborted();
    const fault = asDomainError(error);
    if (!fault.reason.startsWith('FILTER_')) throw error;
    // Ids may hold the characters of a condition.
    const mask = await containing(searched);
    return countBits(mask) > 0
      ? listed(mask, ids)
      : {
          mask: createMask(searched.count),
          count: 0,
          points: [],
          error: fault.message.split('\n')[0]!.replace(/^filter, /, ''),
        };
  }
}

async function meeting({ typed, count, toRow, ids, fields, load, signal }: Searched): Promise<BitMask> {
  const node = parseFilter(typed);
  if (node === undefined) return createMask(count, true);
  const bound = bindFilter(typed, node, fields, searchAliases(fields));
  const named = fieldsIn(bound);
  const columns = await load(named.flatMap((field) => columnOfField(field) ?? []));
  const meets = rowTest(bound, (field) => {
    if (field === 'row') return toRow;
    if (field === 'sample_id') return (point) => ids?.at(point);
    const type = fields.get(field)!;
    return fieldReader(field, toScalar(type), columns.get(columnOfField(field)!));
  });
  return maskOfTest(count, meets, signal);
}

type Bound = ReturnType<typeof bindFilter>;

const fieldsIn = (bound: Bound): string[] =>
  bound.kind === 'not'
    ? fieldsIn(bound.operand)
    : 'operands' in bound
      ? bound.operands.flatMap(fieldsIn)
      : [bound.field];

async function containing({ typed, count, ids, columns, signal }: Searched): Promise<BitMask> {
  const wanted = typed.trim().toLowerCase();
  const mask =
    ids === undefined
      ? createMask(count)
      : await maskOfTest(count, (point) => ids.at(point)?.toLowerCase().includes(wanted) === true, signal);
  return columns.reduce(
    (all, column) => (column.kind === 'code' ? eitherMask(all, textMask(column, wanted)) : all),
    mask,
  );
}

/** Tests all points in slices. */
async function maskOfTest(
  count: number,
  test: (point: number) => boolean,
  signal: AbortSignal,
): Promise<BitMask> {
  const mask = createMask(count);
  for (let from = 0; from < count; from += SLICE) {
    for (let i = from; i < Math.min(count, from + SLICE); i++)
      if (test(i)) mask[i >> 3] = mask[i >> 3]! | (1 << (i & 7));
    if (count > SLICE)
      await new Promise((resolve) => {
        setTimeout(resolve, 0);
      });
    signal.throwIfAborted();
  }
  return mask;
}

/** Sorts as people do: s2 before s10. */
const naturally = new Intl.Collator('en', { numeric: true });

function listed(mask: BitMask, ids: TextColumn | undefined): Found {
  const count = countBits(mask);
  const points = listPoints(mask, SORTED_UP_TO);
  if (ids === undefined || count > SORTED_UP_TO) return { mask, count, points };
  const named = points
    .map((point) => ({ point, id: ids.at(point) ?? '' }))
    .sort((a, b) => naturally.compare(a.id, b.id));
  return { mask, count, points: named.map(({ point }) => point) };
}
