import { sql } from 'kysely';

/** Every artifact that a row of this service names. */
export const namedArtifacts = sql`
  select points as ref from exploration
  union all select preview from exploration`;
