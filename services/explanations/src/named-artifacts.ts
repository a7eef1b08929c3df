import { sql } from 'kysely';

/** Every artifact that a row of this service names. */
export const namedArtifacts = sql`
  select jsonb_path_query(contents, '$.** ? (exists(@.sha256))') as ref from analysis
  union all select jsonb_path_query(contents, '$.** ? (exists(@.sha256))') from similarity_analysis
  union all select jsonb_path_query(contents, '$.** ? (exists(@.sha256))') from selection_analysis`;
