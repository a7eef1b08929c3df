import type { BoundFilter } from './filter.binding.js';
import type { ScalarType } from './filter.fields.js';

/** A condition with `$n` placeholders and their values in order. */
export interface SqlCondition {
  readonly sql: string;
  readonly params: readonly (string | number | boolean | Date)[];
}

/**
 * Returns the SQL of a field's column, such as `"metadata.ink"`. The text comes from our code or from quoted
 * names, never from a request.
 */
export type SqlColumns = (field: string) => string;

/**
 * Compiles the filter to an SQL condition for PostgreSQL and DuckDB. Every value is a parameter, numbered
 * from `firstParam`. The condition is never NULL and matches the same rows as `rowTest`: a missing value or
 * NaN matches no comparison.
 */
export function filterToSql(filter: BoundFilter, columns: SqlColumns, firstParam = 1): SqlCondition {
  const params: (string | number | boolean | Date)[] = [];
  const place = (value: string | number | boolean | Date): string =>
    `$${firstParam + params.push(value) - 1}`;
  const build = (node: BoundFilter): string => {
    switch (node.kind) {
      case 'and':
      case 'or':
        return `(${node.operands.map(build).join(node.kind === 'and' ? ' AND ' : ' OR ')})`;
      case 'not':
        return `(NOT ${build(node.operand)})`;
      case 'present':
        return node.type === 'number'
          ? `coalesce(${isNumber(columns(node.field))}, false)`
          : `(${columns(node.field)} IS NOT NULL)`;
      case 'compare': {
        const column = columns(node.field);
        if (node.comparator === 'contains')
          return `coalesce(strpos(lower(${column}), lower(${place(node.value)})) > 0, false)`;
        const value = node.type === 'timestamp' ? new Date(node.value as number) : node.value;
        return (
          `coalesce(${column} ${node.comparator} ` +
          `${place(value)}${CASTS[node.type]}${node.type === 'number' ? ` AND ${isNumber(column)}` : ''}, ` +
          'false)'
        );
      }
    }
  };
  return { sql: build(filter), params };
}

const isNumber = (column: string): string => `${column} <> 'NaN'::double precision`;
const CASTS: Readonly<Record<ScalarType, string>> = {
  string: '',
  number: '::double precision',
  boolean: '::boolean',
  timestamp: '',
};
