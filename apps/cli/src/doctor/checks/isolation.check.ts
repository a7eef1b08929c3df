import pg from 'pg';
import { type Answer, type Check, fail, ok, warn } from '../finding.js';
import type { Subject } from '../subject.js';

const ADVICE =
  'install bubblewrap ("make servers") and start without --trust-integrations and NOEMA_TRUSTED_INTEGRATIONS';
const CONNECT_MS = 8_000;
const INSUFFICIENT_PRIVILEGE = '42501';

/** Whether the code of one team could read what another one has. */
export function isolationChecks({ trustedIntegrations, database }: Subject): Check[] {
  if (trustedIntegrations === undefined) return [];
  return [
    {
      name: 'code of users',
      advice: ADVICE,
      look: () => (trustedIntegrations ? trusted(database?.url) : ok('runs in a sandbox')),
    },
  ];
}

async function trusted(url: string | undefined): Promise<Answer> {
  const teams = url === undefined ? undefined : await countTeams(url);
  if (teams === undefined)
    return warn('runs without a sandbox, and the number of teams is not known here', ADVICE);
  if (teams > 1)
    return fail(
      `runs without a sandbox although there are ${teams} teams: each can read the data, keys and ` +
        'secrets of all',
      ADVICE,
    );
  return ok('runs without a sandbox for the only team');
}

/** Undefined when the role of the URL may not see teams. */
async function countTeams(url: string): Promise<number | undefined> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: CONNECT_MS,
    application_name: 'noema-doctor',
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    // A role that row security holds is refused instead of shown a part.
    await client.query('SET row_security = off');
    return (await client.query<{ n: number }>('SELECT count(*)::int AS n FROM workspace.team')).rows[0]!.n;
  } catch (error) {
    if ((error as pg.DatabaseError).code === INSUFFICIENT_PRIVILEGE) return undefined;
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}
