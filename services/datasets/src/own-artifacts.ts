import type { SweepParts } from '@noema/host';
import { BUNDLE_KIND } from './bundle/bundle.store.js';
import { INGESTION_KIND } from './ingestion/ingestion.store.js';
import { namedArtifacts } from './named-artifacts.js';
import { UPLOAD_KIND } from './upload/upload-chunk.store.js';

/** What this service writes to the store, and which of it its rows name. */
export const ownArtifacts: SweepParts = {
  kinds: [INGESTION_KIND, BUNDLE_KIND, UPLOAD_KIND],
  named: namedArtifacts,
};
