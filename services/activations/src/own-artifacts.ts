import type { SweepParts } from '@noema/host';
import { sql } from 'kysely';
import { ACTIVATION_ARTIFACTS } from './activation-set/activation-set-artifacts.store.js';

/** Every artifact that a row of this service names. */
const namedArtifacts = sql`
  select moments as ref from activation_set union all select basis from activation_set union all select
    unit_statistics from activation_set
  union all select responses from activation_shard union all select moments from activation_shard union all
    select vectors from activation_shard`;

/** Artifacts that this service writes to the store, and the ones that its rows name. */
export const ownArtifacts: SweepParts = { kinds: [ACTIVATION_ARTIFACTS], named: namedArtifacts };
