import { sql } from 'kysely';

/** Every artifact that a row of this service names. */
export const namedArtifacts = sql`
  select inputs as ref from dataset_shard union all select ground_truths from dataset_shard union all select
    visuals from dataset_shard
  union all select samples from dataset_version union all select bundle from integration
  union all select content from upload_chunk`;
