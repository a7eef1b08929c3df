import { sql } from 'kysely';

/** Every artifact that a row of this service names. */
export const namedArtifacts = sql`
  select moments as ref from activation_set union all select basis from activation_set union all select
    unit_statistics from activation_set
  union all select responses from activation_shard union all select moments from activation_shard union all
    select vectors from activation_shard`;
