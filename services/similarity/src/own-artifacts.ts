import type { SweepParts } from '@noema/host';
import { sql } from 'kysely';
import { SIMILARITY_ARTIFACTS } from './activation-set/matrix.store.js';

/** Every artifact that a row of this service names. */
const namedArtifacts = sql`
  select artifact as ref from vector_index union all select artifact from neighbor_graph`;

/** Artifacts that this service writes to the store, and the ones that its rows name. */
export const ownArtifacts: SweepParts = { kinds: [SIMILARITY_ARTIFACTS], named: namedArtifacts };
