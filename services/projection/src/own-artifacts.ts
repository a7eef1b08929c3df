import type { SweepParts } from '@noema/host';
import { sql } from 'kysely';
import { EXPLORATION_ARTIFACTS } from './map/matrix.store.js';

/** Every artifact that a row of this service names. */
const namedArtifacts = sql`
  select points as ref from exploration
  union all select preview from exploration`;

/** Artifacts that this service writes to the store, and the ones that its rows name. */
export const ownArtifacts: SweepParts = { kinds: [EXPLORATION_ARTIFACTS], named: namedArtifacts };
