import {
  decodePageToken,
  encodePageToken,
  type FieldType,
  Filter,
  isUuid,
  type Page,
  type PageQuery,
  pageSize,
  parseOrderBy,
  type ScalarType,
  toScalar,
} from '@noema/kernel';
import { CompiledQuery } from 'kysely';
import type { AnyDatabase } from './database.js';

/**
 * A field by which lists can be filtered and sorted. Repositories list theirs by hand: which fields a client may
 * filter by belongs to the API, and their SQL (`run_id::text`, a path into a document) and filter types are in no
 * type of a row, so that a codec of rows would need the same table.
 */
export interface PageField {
  /** SQL of the column. From our code, never from a request. */
  readonly column: string;
  readonly type: FieldType;
}

export interface PageSource {
  /** Table or view, with a column `id` of type uuid that sorts by creation. */
  readonly table: string;
  readonly fields: Readonly<Record<string, PageField>>;
  /**
   * Columns that must have these values, such as the parent's id. Columns whose names end with `_id` are of
   * type uuid.
   */
  readonly where?: Readonly<Record<string, string | number | boolean>>;
  /** Columns of type text[] that must have all these texts. */
  readonly contains?: Readonly<Record<string, readonly string[]>>;
  readonly query: PageQuery;
}

const CASTS: Readonly<Record<ScalarType, string>> = {
  string: 'text',
  number: 'double precision',
  boolean: 'boolean',
  timestamp: 'timestamptz',
};
const LOWEST: Readonly<Record<ScalarType, string>> = {
  string: "''",
  number: "'-infinity'::float8",
  boolean: 'false',
  timestamp: "'-infinity'::timestamptz",
};

/**
 * Returns one page of a table in the ambient transaction, by keyset: newest first, or in the order of
 * `order_by`, with the id as tie-breaker and missing values lowest. Throws `invalid` FILTER_INVALID,
 * ORDER_BY_INVALID, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
 */
export async function selectPage<Row>(
  db: AnyDatabase,
  { table, fields, where = {}, contains = {}, query }: PageSource,
): Promise<Page<Row>> {
  const names = Object.keys(fields);
  const order = parseOrderBy(query.orderBy, names);
  const bound = {
    table,
    where,
    ...(Object.keys(contains).length > 0 && { contains }),
    filter: query.filter,
    orderBy: query.orderBy,
  };
  const after = decodePageToken(
    bound,
    query.pageToken,
    order === undefined ? ['uuid', 'uuid'] : [toScalar(fields[order.field]!.type), 'uuid'],
  );
  const size = pageSize(query.pageSize);
  const params: unknown[] = [];
  const place = (value: unknown): string => `$${params.push(value)}`;

  const filter = Filter.of(query.filter, new Map(names.map((n) => [n, fields[n]!.type]))).toSql(
    (name) => fields[name]!.column,
  );
  if (Object.entries(where).some(([column, value]) => column.endsWith('_id') && !isUuid(String(value))))
    return { items: [], nextPageToken: '' }; // nothing has such an id
  params.push(...filter.params);
  const conditions = [
    filter.sql,
    ...Object.entries(where).map(([column, value]) => `${column} = ${place(value)}`),
    ...Object.entries(contains).map(([column, texts]) => `${column} @> ${place(texts)}::text[]`),
  ];
  const sorted = order && fields[order.field]!;
  const key = sorted === undefined ? 'id' : `coalesce(${sorted.column}, ${LOWEST[toScalar(sorted.type)]})`;
  const descending = order?.descending ?? true;
  if (after !== undefined) {
    const [last, id] = after;
    const cast = sorted === undefined ? 'uuid' : CASTS[toScalar(sorted.type)];
    conditions.push(
      `(${key}, id) ${descending ? '<' : '>'} (${place(String(last))}::text::${cast}, ` +
        `${place(String(id))}::uuid)`,
    );
  }
  const direction = descending ? 'desc' : 'asc';
  const { rows } = await db.tx().executeQuery<Row & { readonly page_key: string; readonly id: string }>(
    CompiledQuery.raw(
      `select *, (${key})::text as page_key from ${table} where ${conditions.join(' and ')} order by ${key}
          ${direction}, id ${direction} limit ${size + 1}`,
      params,
    ),
  );
  const items = rows.slice(0, size);
  const last = items.at(-1);
  return {
    items,
    nextPageToken:
      rows.length > size && last !== undefined ? encodePageToken(bound, [last.page_key, last.id]) : '',
  };
}
