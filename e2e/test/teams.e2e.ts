import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlatformState } from '@noema/standalone';
import { startBrowser, waitFor } from '@noema/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BlobsPlatform, startBlobsPlatform } from '../src/blobs-platform.js';
import { ShownPage } from '../src/page/shown-page.js';

let platform: BlobsPlatform;
let database: pg.Client;
let apiKey: string;

beforeAll(async () => {
  platform = await startBlobsPlatform();
  const json = async <T>(name: string): Promise<T> =>
    JSON.parse(await readFile(join(platform.directory, name), 'utf8')) as T;
  const { postgres } = await json<PlatformState>('platform.json');
  const { postgresPassword } = await json<{ postgresPassword: string }>('secrets.json');
  apiKey = (await json<{ api_key: string }>('credentials.json')).api_key;
  database = new pg.Client({
    host: '127.0.0.1',
    port: postgres.port,
    user: 'postgres',
    password: postgresPassword,
    database: 'noema',
  });
  await database.connect();
}, 300_000);
afterAll(async () => {
  await database.end();
  await platform.stop();
});

interface QuotaUsage {
  quota: string;
  limit?: string;
  used?: string;
  left?: string;
}
const usage = async (): Promise<Record<string, QuotaUsage>> => {
  const { body } = await platform.owner.get(`/v1/teams/${platform.teamId}/usage`);
  return Object.fromEntries((body['usage'] as { quotas: QuotaUsage[] }).quotas.map((q) => [q.quota, q]));
};
/** Rows of the team in every table of every schema that has a team_id, by table. */
async function countRows(teamId: string): Promise<Record<string, number>> {
  const { rows: tables } = await database.query<{ name: string }>(`
    select format('%I.%I', table_schema, table_name) as name from information_schema.columns c join
      information_schema.tables t using (table_schema, table_name)
    where column_name = 'team_id' and table_type = 'BASE TABLE' and table_schema not in ('pg_catalog',
      'information_schema')`);
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const { rows } = await database.query<{ n: number }>(
      `select count(*)::int as n from ${name} where team_id = $1`,
      [teamId],
    );
    if (rows[0]!.n > 0) counts[name] = rows[0]!.n;
  }
  return counts;
}

describe('a team', () => {
  it('sees what it uses in all services, and is refused what is above its quota, with what is left', async () => {
    const samples = (await platform.owner.get(`/v1/dataset-versions/${platform.ids['dataset_version_id']}`))
      .body['datasetVersion'] as { sampleCount: number };
    const seen = await waitFor(
      async () => {
        const now = await usage();
        return now['samples']?.used === String(samples.sampleCount) &&
          Number(now['stored_bytes']?.used ?? 0) > 100_000 &&
          (now['running_jobs']?.used ?? '0') === '0'
          ? now
          : undefined;
      },
      { what: 'the reports of all services' },
    );
    expect(seen['projects']).toMatchObject({ used: '2' }); // "default" and its own
    // A service may report between the two reads.
    const difference = async (): Promise<bigint> => {
      const { rows } = await database.query<{ bytes: string }>(
        `select sum(stored_bytes) as bytes from workspace.service_usage where team_id = $1`,
        [platform.teamId],
      );
      return BigInt((await usage())['stored_bytes']!.used!) - BigInt(rows[0]!.bytes);
    };
    await expect.poll(difference).toBe(0n);

    const allow = (quota: object) =>
      platform.owner.call('PATCH', `/v1/teams/${platform.teamId}?update_mask=quota`, { quota });
    expect((await allow({ maxSamples: String(samples.sampleCount), maxStoredBytes: '1000' })).status).toBe(
      200,
    );
    const create = (): Promise<Response> =>
      platform.owner.raw('POST', `/v1/projects/${platform.ids['project_id']}/dataset-versions`, {
        integrationId: platform.ids['integration_id'],
        shardSize: 128,
      });
    const refused = await waitFor(
      async () => {
        const response = await create();
        return response.status === 429 ? response : undefined;
      },
      { what: 'the quota to be in force' },
    );
    expect(refused.headers.get('retry-after')).toBe('3600');
    expect(await refused.json()).toMatchObject({
      reason: 'QUOTA_EXCEEDED',
      metadata: { quota: 'stored_bytes', limit: '1000', left: '0' },
    });
    expect((await usage())['samples']).toMatchObject({ left: '0' });
    await allow({
      maxStoredBytes: '5000000000',
      maxSamples: '10000',
      maxRunningJobs: 4,
      maxGpuSeconds: '36000',
      maxRequestsPerMinute: 6000,
    });
  });
  it('reads in its audit log what was done in every service', async () => {
    const actions = await waitFor(
      async () => {
        const { body } = await platform.owner.get('/v1/audit-entries?page_size=200');
        const names = new Set(
          (body['auditEntries'] as { action: string; resource: string }[]).map(
            (e) => `${e.action.split('/')[1]} ${e.resource.split('/')[0]}`,
          ),
        );
        return [
          'CreateProject project',
          'CreateIntegration integration',
          'CreateDatasetVersion dataset_version',
          'CreateModel model',
          'CreateRun run',
          'CreateSlice slice',
        ].every((name) => names.has(name))
          ? names
          : undefined;
      },
      { what: 'the entries of all services' },
    );
    expect(actions.size).toBeGreaterThan(5);
  });
  it('looks at its usage on the page, in both schemes', async () => {
    const browser = await startBrowser();
    if (browser === undefined) return;
    for (const scheme of ['light', 'dark'] as const) {
      const shown = await ShownPage.open(browser, platform.url, scheme);
      await shown.signIn(apiKey, '/team?tab=usage');
      await shown.page.getByText('GPU time').waitFor();
      await shown.page.getByText('of 10,000').waitFor();
      expect(await shown.seriousFaults()).toEqual([]);
      expect(shown.complaints).toEqual([]);
      await shown.picture(`team-usage-${scheme}`);
      await shown.close();
    }
    await browser.close();
  }, 120_000);
  it('that is deleted leaves nothing in any schema but what says that it was; another team keeps all', async () => {
    const [self, strangers] = await Promise.all([
      platform.owner.get('/v1/self'),
      platform.stranger.get('/v1/self'),
    ]);
    const other = (strangers.body['team'] as { id: string }).id;
    await platform.stranger.post('/v1/projects', { displayName: 'theirs' });
    const before = await countRows(other);
    expect(Object.keys(await countRows(platform.teamId)).length).toBeGreaterThan(30);
    const name = (self.body['team'] as { displayName: string }).displayName;
    expect(
      (
        await platform.owner.call(
          'DELETE',
          `/v1/teams/${platform.teamId}?confirm_display_name=${encodeURIComponent(name)}`,
        )
      ).status,
    ).toBe(200);
    // Tombstones, the audit log, and what was announced, until it is old enough to be pruned.
    const stays = /\.(tombstone|audit_entry|outbox|inbox)$|^bus\./;
    let left: string[] = [];
    await waitFor(
      async () => {
        left = Object.keys(await countRows(platform.teamId)).filter((table) => !stays.test(table));
        return left.length === 0;
      },
      { what: `nothing to be left: ${left.join(', ')}` },
    );
    await expect
      .poll(async () =>
        Object.keys(await countRows(platform.teamId)).filter((table) => table.endsWith('.tombstone')),
      )
      .toHaveLength(8);
    await waitFor(async () => (await platform.owner.get('/v1/projects')).status === 401, {
      what: 'the gateway to forget its token',
    });
    const after = await countRows(other);
    // Services may report what the other team uses only now.
    for (const [table, count] of Object.entries(before))
      if (!stays.test(table)) expect(after[table], table).toBeGreaterThanOrEqual(count);
  }, 120_000);
});
