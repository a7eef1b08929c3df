import type { RawBuilder } from 'kysely';

/** The artifacts that a service writes. */
export interface SweepParts {
  /** Kinds that this service writes (third part of the key). */
  readonly kinds: readonly string[];
  /** A query with one column `ref`: every artifact reference (jsonb) that a row names. */
  readonly named: RawBuilder<unknown>;
}
