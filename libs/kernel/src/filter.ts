import { bindFilter, type BoundFilter, type FilterFields } from './filter.binding.js';
import { type FieldValue, meetsFilter } from './filter.evaluator.js';
import { parseFilter } from './filter.parser.js';
import { filterToSql, type SqlColumns, type SqlCondition } from './filter.sql.js';

/** A filter of a request, tied to the fields of a resource: it can look at rows, or become SQL. */
export class Filter {
  private constructor(private readonly bound: BoundFilter | undefined) {}

  /** Reads a filter of AIP-160 (see `parseFilter`) over the given fields; empty text is met by everything. Throws `invalid` FILTER_INVALID with the position. */
  static of(text: string, fields: FilterFields): Filter {
    const node = parseFilter(text);
    return new Filter(node === undefined ? undefined : bindFilter(text, node, fields));
  }

  /** True when nothing was asked. */
  get isEmpty(): boolean {
    return this.bound === undefined;
  }

  /** True when the row, given by its field values, meets the filter. */
  matches(field: (name: string) => FieldValue): boolean {
    return this.bound === undefined || meetsFilter(this.bound, field);
  }

  /** The filter as a parameterised SQL condition (see `filterToSql`); `true` when nothing was asked. */
  toSql(columns: SqlColumns, firstParam = 1): SqlCondition {
    return this.bound === undefined ? { sql: 'true', params: [] } : filterToSql(this.bound, columns, firstParam);
  }
}
