import { bindFilter, type BoundFilter } from './filter.binding.js';
import { type FieldReader, type FieldValue, rowTest } from './filter.evaluator.js';
import type { FilterFields } from './filter.fields.js';
import { parseFilter } from './filter.parser.js';
import { meetingRows } from './filter.rows.js';
import { filterToSql, type SqlColumns, type SqlCondition } from './filter.sql.js';

/** A filter of a request, bound to the fields of a resource. It tests rows or compiles to SQL. */
export class Filter {
  private constructor(private readonly bound: BoundFilter | undefined) {}

  /**
   * Parses a filter of AIP-160 (see `parseFilter`) over the given fields and aliases. Empty text matches
   * everything. Throws `invalid` FILTER_INVALID with the position, or FILTER_TOO_MANY_CONDITIONS.
   */
  static of(text: string, fields: FilterFields, aliases?: Readonly<Record<string, string>>): Filter {
    const node = parseFilter(text);
    return new Filter(node === undefined ? undefined : bindFilter(text, node, fields, aliases));
  }

  /** True if the filter has no condition. */
  get isEmpty(): boolean {
    return this.bound === undefined;
  }

  /** True if the row, given by its field values, matches the filter. */
  matches(field: (name: string) => FieldValue): boolean {
    return this.bound === undefined || rowTest(this.bound, (name) => () => field(name))(0);
  }

  /**
   * Returns one byte per row, 1 where it matches the filter. Yields to the event loop every few milliseconds.
   * Rejects with the reason of the signal.
   */
  async rows(
    count: number,
    fields: (name: string) => FieldReader,
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    return this.bound === undefined
      ? new Uint8Array(count).fill(1)
      : meetingRows(this.bound, count, fields, signal);
  }

  /** Returns the distinct fields that the filter uses. */
  get fields(): readonly string[] {
    return this.bound === undefined ? [] : [...new Set(fieldsIn(this.bound))];
  }

  /** Returns the filter as a parameterised SQL condition (see `filterToSql`); `true` for an empty filter. */
  toSql(columns: SqlColumns, firstParam = 1): SqlCondition {
    return this.bound === undefined
      ? { sql: 'true', params: [] }
      : filterToSql(this.bound, columns, firstParam);
  }
}

function fieldsIn(filter: BoundFilter): string[] {
  if (filter.kind === 'not') return fieldsIn(filter.operand);
  return 'operands' in filter ? filter.operands.flatMap(fieldsIn) : [filter.field];
}
