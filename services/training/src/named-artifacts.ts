import { sql } from 'kysely';

/** Every artifact that a row of this service names. */
export const namedArtifacts = sql`
  select topology as ref from model_version union all select weights from model_version union all select
    imported from model_version
  union all select weights from epoch union all select optimizer_state from epoch union all select evaluation
    from epoch
  union all select recorded_responses from epoch union all select content from recorded_part union all select
    content from recorded_shard`;
