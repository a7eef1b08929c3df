import pg from 'pg';

/** Number of teams in the database of the given superuser's URL; 0 before the first migration. */
export async function countTeams(adminUrl: string): Promise<number> {
  const client = new pg.Client(adminUrl);
  await client.connect();
  try {
    const { rows } = await client.query<{ there: boolean }>(
      "SELECT to_regclass('workspace.team') IS NOT NULL AS there",
    );
    if (!rows[0]!.there) return 0;
    return (await client.query<{ n: number }>('SELECT count(*)::int AS n FROM workspace.team')).rows[0]!.n;
  } finally {
    await client.end();
  }
}
