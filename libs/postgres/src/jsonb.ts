import { type RawBuilder, sql } from 'kysely';

/** Encodes a value as jsonb inside a query. `undefined` is NULL. */
export const jsonb = (value: unknown): RawBuilder<unknown> =>
  sql`${value === undefined ? null : JSON.stringify(value)}::jsonb`;
