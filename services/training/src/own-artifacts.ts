import type { SweepParts } from '@noema/host';
import { sql } from 'kysely';
import { MODEL_KIND } from './model/topology.store.js';
import { EPOCH_KIND } from './epoch/epoch.store.js';
import { UPLOAD_KIND } from './model-import/model-file.store.js';

/** Every artifact that a row of this service names. */
const namedArtifacts = sql`
  select topology as ref from model_version union all select weights from model_version union all select
    imported from model_version
  union all select weights from epoch union all select optimizer_state from epoch union all select evaluation
    from epoch
  union all select recorded_responses from epoch union all select content from recorded_part union all select
    content from recorded_shard`;

/** Artifacts that this service writes to the store, and the ones that its rows name. */
export const ownArtifacts: SweepParts = {
  kinds: [MODEL_KIND, EPOCH_KIND, UPLOAD_KIND],
  named: namedArtifacts,
};
