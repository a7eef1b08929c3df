import type { SweepParts } from '@noema/host';
import { namedArtifacts } from './named-artifacts.js';
import { KIND } from './map/matrix.store.js';

/** What this service writes to the store, and which of it its rows name. */
export const ownArtifacts: SweepParts = { kinds: [KIND], named: namedArtifacts };
