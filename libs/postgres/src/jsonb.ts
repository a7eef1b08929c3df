import { type RawBuilder, sql } from 'kysely';

/** Encodes a value as jsonb inside a query. `undefined` is NULL. */
export const jsonb = <T>(value: T | undefined): RawBuilder<T> =>
  sql<T>`${value === undefined ? null : JSON.stringify(value)}::jsonb`;
