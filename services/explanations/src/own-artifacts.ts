import type { SweepParts } from '@noema/host';
import { sql } from 'kysely';
import { ANALYSIS_ARTIFACTS } from './heat-map/analysis-artifacts.store.js';

/** Every artifact that a row of this service names. */
const namedArtifacts = sql`
  select jsonb_path_query(contents, '$.** ? (exists(@.sha256))') as ref from analysis
  union all select jsonb_path_query(contents, '$.** ? (exists(@.sha256))') from similarity_analysis
  union all select jsonb_path_query(contents, '$.** ? (exists(@.sha256))') from selection_analysis`;

/** Artifacts that this service writes to the store, and the ones that its rows name. */
export const ownArtifacts: SweepParts = { kinds: [ANALYSIS_ARTIFACTS], named: namedArtifacts };
