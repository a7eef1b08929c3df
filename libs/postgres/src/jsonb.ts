import { type RawBuilder, sql } from 'kysely';

/** A value as jsonb inside of a query; undefined is NULL. */
export const jsonb = (value: unknown): RawBuilder<unknown> =>
  sql`${value === undefined ? null : JSON.stringify(value)}::jsonb`;
