import { artifactKey } from '@noema/artifacts';
import { pathToFileURL } from 'node:url';
import { generateSigningKey, type Role, TokenSigner } from '@noema/auth';
import { JobService } from '@noema/contracts/noema/jobs/v1/job_service';
import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { TeamService } from '@noema/contracts/noema/workspace/v1/team_service';
import { UsageService } from '@noema/contracts/noema/workspace/v1/usage_service';
import { ProjectDeleted, TeamDeleted } from '@noema/events';
import { createClient } from '@noema/grpc';
import { JobStore, TeamQuotas } from '@noema/jobs';
import { DomainError, uuidv7 } from '@noema/kernel';
import { silentLogger } from '@noema/observability';
import type { Database } from '@noema/postgres';
import {
  peer,
  startPeers,
  startPostgres,
  temporaryDirectory,
  type TestPostgres,
  waitFor,
} from '@noema/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sample } from '../test/sample.service.js';
import { Purger } from './deletion/purger.js';
import { ArtifactSweep, Host, type RunningApp, serviceUrl, startService } from './index.js';

let postgres: TestPostgres;
let service: RunningApp<unknown>;
let workspace: Awaited<ReturnType<typeof startPeers>>;
let signer: TokenSigner;
let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let host: Host;
let db: Database<never>;
let jobs: JobStore;
let team: string;
const said: { teamId: string; storedBytes: bigint; queuedJobs: number }[] = [];
let quota: object;
let away: boolean;
/** Teams and projects that the workspace no longer has. */
const deleted = new Set<string>();

beforeAll(async () => {
  postgres = await startPostgres();
  directory = await temporaryDirectory();
  const adminUrl = await postgres.createDatabase();
  const key = await generateSigningKey();
  signer = new TokenSigner(key);
  workspace = await startPeers(key.jwks, [
    peer(TeamService, {
      getTeam: ({ teamId }) => {
        if (deleted.has(teamId))
          throw new DomainError('not-found', 'TEAM_NOT_FOUND', `there is no team ${teamId}`);
        return { team: { id: teamId } };
      },
    }),
    peer(ProjectService, {
      getProject: ({ projectId }) => {
        if (away) throw new Error('away');
        if (deleted.has(projectId))
          throw new DomainError('not-found', 'PROJECT_NOT_FOUND', `there is no project ${projectId}`);
        return { project: { id: projectId } };
      },
    }),
    peer(UsageService, {
      getTeamUsage: () => ({}),
      reportUsage: ({ usage }, { principal }) => {
        if (away) throw new Error('away');
        said.push({
          teamId: principal.teamId,
          storedBytes: usage!.storedBytes,
          queuedJobs: usage!.queuedJobs,
        });
        return { quota, elsewhere: {} };
      },
    }),
  ]);
  service = await startService(
    sample,
    {
      NOEMA_DATABASE_ADMIN_URL: adminUrl,
      NOEMA_DATABASE_URL: serviceUrl(adminUrl, 'sample', 'secret'),
      NOEMA_STORE_URL: pathToFileURL(directory.path).href,
      NOEMA_AUTH_JWKS: key.jwks,
      NOEMA_AUTH_PRIVATE_KEY: key.privateKey,
      NOEMA_LOG_LEVEL: 'silent',
      NOEMA_SERVICES: `workspace=${workspace.address}`,
    },
    { logger: silentLogger },
  );
  host = service.app.get(Host);
  db = host.database<never>();
  jobs = service.app.get(JobStore);
});
beforeEach(() => {
  team = uuidv7();
  quota = {};
  away = false;
});
afterAll(async () => {
  await service.close();
  await workspace.close();
  await postgres.stop();
  await directory.remove();
});

const make = async (teamId: string, projectId = uuidv7(), bytes = 10): Promise<string> => {
  const [id, jobId] = [
    uuidv7(),
    await jobs.create({
      kind: 'sample.mark',
      teamId,
      subjectId: projectId,
      payload: {},
      shards: 3,
      delayMs: 3_600_000,
      requestId: uuidv7(),
    }),
  ];
  await db.run(teamId, async () => {
    await sql`insert into made (id, team_id, project_id, job_id, ref) values (${id}, ${teamId}, ${projectId},
      ${jobId}, ${JSON.stringify({ sha256: 'x', sizeBytes: bytes })}::jsonb)`.execute(db.tx());
    await sql`insert into made_part (made_id, team_id) select ${id}, ${teamId} from generate_series(1, 20)`.execute(
      db.tx(),
    );
  });
  return jobId;
};
/** Rows of the team by table, all tables of the schema that have a team_id. */
async function countRows(teamId: string): Promise<Record<string, number>> {
  const { rows: tables } = await db.runSystem(() =>
    sql<{ name: string }>`
    select table_name as name from information_schema.columns c join information_schema.tables t using
      (table_schema, table_name)
    where table_schema = 'sample' and column_name = 'team_id' and table_type = 'BASE TABLE'`.execute(db.tx()),
  );
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const { rows } = await db.run(teamId, () =>
      sql<{
        n: number;
      }>`select count(*)::int as n from ${sql.table(name)} where team_id = ${teamId}::uuid`.execute(db.tx()),
    );
    if (rows[0]!.n > 0) counts[name] = rows[0]!.n;
  }
  return counts;
}

const deleteTeam = async (teamId: string): Promise<void> => {
  deleted.add(teamId);
  await host.outbox().publish(TeamDeleted, { teamId });
};
const deleteProject = async (projectId: string): Promise<void> => {
  deleted.add(projectId);
  await host.outbox().publish(ProjectDeleted, { projectId });
};

const client = async (teamId: string, role: Role = 'editor') => {
  const { token } = await signer.sign({ teamId, subject: 'ann', role });
  return createClient(JobService, { address: service.address, token });
};

describe('what a deleted team had', () => {
  it('is removed from every table, in batches, and the other team keeps all', async () => {
    const other = uuidv7();
    for (const teamId of [team, other]) for (let n = 0; n < 3; n++) await make(teamId);
    const before = await countRows(other);
    expect(Object.keys(await countRows(team))).toEqual(
      expect.arrayContaining([
        'made',
        'made_part',
        'job',
        'shard',
        'job_log_entry',
        'request',
        'team_turn',
        'team_usage',
      ]),
    );
    await db.run(team, () => deleteTeam(team));
    await waitFor(
      async () => Object.keys(await countRows(team)).every((name) => ['tombstone', 'outbox'].includes(name)),
      { what: 'nothing but the note of the deletion' },
    );
    const [after, still] = [await countRows(other), before];
    expect({ ...after, team_quota: 0 }).toEqual({ ...still, team_quota: 0 });
  });
  it('is removed again when something comes late', async () => {
    await make(team);
    await db.run(team, () => deleteTeam(team));
    const purged = () =>
      db.run(team, () => sql`select 1 from tombstone where purged_at is not null`.execute(db.tx()));
    await waitFor(async () => (await purged()).rows.length === 1);
    await make(team);
    await db.run(team, () =>
      sql`update tombstone set purged_at = now() - interval '2 hours'`.execute(db.tx()),
    );
    await waitFor(
      async () =>
        (await countRows(team))['made'] === undefined && (await countRows(team))['job'] === undefined,
    );
  });
});

it('what a deleted team had in the store is found by the sweeper, and nothing else', async () => {
  const other = uuidv7();
  const store = host.store();
  const put = (teamId: string) =>
    store.put(
      artifactKey({ teamId, projectId: uuidv7(), kind: 'made', id: 'x', part: 'a.bin' }),
      Buffer.from('bytes'),
      'application/octet-stream',
    );
  for (const teamId of [team, other]) {
    await make(teamId);
    const ref = await put(teamId);
    await db.run(teamId, () => sql`update made set ref = ${JSON.stringify(ref)}::jsonb`.execute(db.tx()));
  }
  const stored = async (teamId: string): Promise<number> => {
    let n = 0;
    for await (const artifact of store.list('')) if (artifact.uri.startsWith(teamId)) n++;
    return n;
  };
  const sweep = new ArtifactSweep(host, { kinds: ['made'], named: sql`select ref from made` });
  await sweep.run({ graceMs: 0 });
  expect([await stored(team), await stored(other)]).toEqual([1, 1]);
  await db.run(team, () => deleteTeam(team));
  await waitFor(async () => (await countRows(team))['made'] === undefined);
  await sweep.run({ graceMs: 0 });
  expect([await stored(team), await stored(other)]).toEqual([0, 1]);
});

describe('what a deleted project had', () => {
  it("is removed with its jobs, and the team's other projects keep all", async () => {
    const [project, kept] = [uuidv7(), uuidv7()];
    const gone = await make(team, project);
    await make(team, project);
    const stays = await make(team, kept);
    await db.run(team, () => deleteProject(project));
    await waitFor(async () => (await countRows(team))['made'] === 1);
    await expect(jobs.get(team, gone)).rejects.toMatchObject({ kind: 'not-found' });
    expect((await jobs.get(team, stays)).state).toBe('queued');
    expect(await countRows(team)).toMatchObject({ made: 1, made_part: 20, job: 1, shard: 3 });
    expect((await new TeamQuotas(db).usage(team)).usage).toMatchObject({ samples: 1n, storedBytes: 10n });
  });
});

describe('an event that reports a deletion', () => {
  const stones = async () =>
    (await db.run(team, () => sql`select 1 from tombstone`.execute(db.tx()))).rows.length;

  it('RELIABILITY 40: removes nothing when the workspace still has the project or the team', async () => {
    const project = uuidv7();
    await make(team, project);
    const before = await countRows(team);
    await db.run(team, () => host.outbox().publish(ProjectDeleted, { projectId: project }));
    await db.run(team, () => host.outbox().publish(TeamDeleted, { teamId: team }));
    const heard = () =>
      db.run(team, () => sql`select 1 from inbox where team_id = ${team}::uuid`.execute(db.tx()));
    await waitFor(async () => (await heard()).rows.length === 2 && (await stones()) === 0, {
      what: 'both events to be heard and dropped',
    });
    expect(await countRows(team)).toMatchObject(before);
  });

  it('RELIABILITY 40: removes nothing while the workspace does not answer, and all of it afterwards', async () => {
    const project = uuidv7();
    await make(team, project);
    away = true;
    await db.run(team, () => deleteProject(project));
    await waitFor(async () => (await stones()) === 1);
    await expect(service.app.get(Purger).purge()).rejects.toThrow();
    expect((await countRows(team))['made']).toBe(1);
    away = false;
    await waitFor(async () => (await countRows(team))['made'] === undefined);
  });
});

describe('usage', () => {
  it('is reported after a change, and what comes back is in force', async () => {
    quota = { maxQueuedJobs: 2 };
    await make(team, uuidv7(), 123);
    await waitFor(() => said.some((s) => s.teamId === team && s.storedBytes === 123n && s.queuedJobs === 1), {
      what: 'the report',
    });
    await waitFor(
      () =>
        make(team)
          .then(() => make(team))
          .then(
            () => false,
            (error: unknown) => (error as { reason: string }).reason === 'QUOTA_EXCEEDED',
          ),
      { what: 'the quota' },
    );
  });
  it('is requested before a change; while no answer comes the last one stays in force', async () => {
    quota = { maxQueuedJobs: 1 };
    const id = await make(team);
    const caller = await client(team);
    await caller.cancelJob({ service: 'sample', jobId: id });
    expect(said.filter((s) => s.teamId === team).length).toBeGreaterThan(0); // before the call went on
    away = true;
    await make(team);
    await expect(make(team)).rejects.toMatchObject({ reason: 'QUOTA_EXCEEDED' });
    const stranger = uuidv7(); // of whom nothing is known: nothing stands in the way of what needs no quota
    await expect((await client(stranger)).cancelJob({ service: 'sample', jobId: id })).rejects.toMatchObject({
      kind: 'not-found',
    });
    caller.close();
  });
});

describe('changes', () => {
  const announced = async () =>
    (
      await db.run(team, () =>
        sql<{
          body: { subject: string; action: string; resource: string };
        }>`select body from outbox where event = 'workspace.AuditRecorded' order by seq`.execute(db.tx()),
      )
    ).rows.map((r) => r.body);
  it('are announced with who made them, in their transaction; what fails or changes nothing is not', async () => {
    const id = await make(team);
    const [editor, viewer, robot] = [
      await client(team),
      await client(team, 'viewer'),
      await client(team, 'service'),
    ];
    await viewer.getJob({ service: 'sample', jobId: id });
    await expect(editor.cancelJob({ service: 'sample', jobId: uuidv7() })).rejects.toMatchObject({
      kind: 'not-found',
    });
    await expect(editor.retryJob({ service: 'sample', jobId: id })).rejects.toMatchObject({
      kind: 'precondition',
    });
    expect(await announced()).toEqual([]);
    await editor.cancelJob({ service: 'sample', jobId: id });
    await editor.retryJob({ service: 'sample', jobId: id });
    expect(await announced()).toMatchObject([
      { subject: 'ann', action: 'noema.jobs.v1.JobService/CancelJob', resource: `job/${id}` },
      { subject: 'ann', action: 'noema.jobs.v1.JobService/RetryJob', resource: `job/${id}` },
    ]);
    await robot.cancelJob({ service: 'sample', jobId: id }); // a service acts for no member
    expect(await announced()).toHaveLength(2);
    for (const caller of [editor, viewer, robot]) caller.close();
  });
});
