import type { SweepParts } from '@noema/host';
import { KIND } from './heat-map/analysis-artifacts.store.js';
import { namedArtifacts } from './named-artifacts.js';

/** What this service writes to the store, and which of it its rows name. */
export const ownArtifacts: SweepParts = { kinds: [KIND], named: namedArtifacts };
