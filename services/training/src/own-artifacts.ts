import type { SweepParts } from '@noema/host';
import { namedArtifacts } from './named-artifacts.js';
import { MODEL_KIND } from './model/topology.store.js';
import { EPOCH_KIND } from './epoch/epoch.store.js';
import { UPLOAD_KIND } from './model-import/model-file.store.js';

/** What this service writes to the store, and which of it its rows name. */
export const ownArtifacts: SweepParts = {
  kinds: [MODEL_KIND, EPOCH_KIND, UPLOAD_KIND],
  named: namedArtifacts,
};
