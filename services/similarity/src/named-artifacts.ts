import { sql } from 'kysely';

/** Every artifact that a row of this service names. */
export const namedArtifacts = sql`
  select artifact as ref from vector_index union all select artifact from neighbor_graph`;
