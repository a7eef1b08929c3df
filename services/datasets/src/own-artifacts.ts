import type { SweepParts } from '@noema/host';
import { sql } from 'kysely';
import { BUNDLE_KIND } from './bundle/bundle.store.js';
import { WHEEL_KIND } from './environment/wheel.store.js';
import { INGESTION_KIND } from './ingestion/ingestion.store.js';
import { UPLOAD_KIND } from './upload/upload-chunk.store.js';

/** Every artifact that a row of this service names. */
const namedArtifacts = sql`
  select inputs as ref from dataset_shard union all select ground_truths from dataset_shard union all select
    visuals from dataset_shard
  union all select samples from dataset_version union all select bundle from integration
  union all select part from integration, jsonb_array_elements(wheels) wheel,
    jsonb_array_elements(wheel -> 'parts') part
  union all select part from integration, jsonb_array_elements(data -> 'parts') part
  union all select content from upload_chunk`;

/** Artifacts that this service writes to the store, and the ones that its rows name. */
export const ownArtifacts: SweepParts = {
  kinds: [INGESTION_KIND, BUNDLE_KIND, WHEEL_KIND, UPLOAD_KIND],
  named: namedArtifacts,
};
