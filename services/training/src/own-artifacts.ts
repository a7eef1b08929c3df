import type { SweepParts } from '@noema/host';
import { namedArtifacts } from './postgres/named.artifacts.js';
import { MODEL_KIND } from './store/topologies.js';
import { EPOCH_KIND } from './store/epochs.js';
import { UPLOAD_KIND } from './store/model-files.js';

/** What this service writes to the store, and which of it its rows name. */
export const ownArtifacts: SweepParts = {
  kinds: [MODEL_KIND, EPOCH_KIND, UPLOAD_KIND],
  named: namedArtifacts,
};
