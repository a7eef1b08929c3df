import type { SweepParts } from '@noema/host';
import { sql } from 'kysely';
import { INSIGHT_ARTIFACTS } from './insight/evidence.store.js';

/** Every artifact that a row of this service names. */
const namedArtifacts = sql`
  select members as ref from insight union all select tables from insight where tables is not null`;

/** Artifacts that this service writes, and references that its rows name. */
export const ownArtifacts: SweepParts = { kinds: [INSIGHT_ARTIFACTS], named: namedArtifacts };
