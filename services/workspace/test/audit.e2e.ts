import { timestampDate, timestampFromDate } from '@bufbuild/protobuf/wkt';
import { AuditService } from '@noema/contracts/noema/workspace/v1/audit_service';
import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { AuditRecorded, Outbox } from '@noema/events';
import { Database } from '@noema/postgres';
import { waitFor } from '@noema/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorkspace } from './running-workspace.js';

let platform: Awaited<ReturnType<typeof startWorkspace>>;
beforeAll(async () => {
  platform = await startWorkspace();
});
afterAll(async () => {
  await platform.stop();
});

async function sqlAs(url: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

it(
  "cannot be changed: not by the service's role, which has no right to, and not by the owner, whom the " +
    'trigger refuses',
  async () => {
    const team = await platform.newTeam();
    for (const change of [
      "UPDATE workspace.audit_entry SET subject = 'x'",
      'DELETE FROM workspace.audit_entry',
      'TRUNCATE workspace.audit_entry',
    ]) {
      await expect(
        sqlAs(
          platform.env.NOEMA_DATABASE_URL,
          `SELECT set_config('app.team_id', '${team.teamId}', false)`,
          change,
        ),
      ).rejects.toThrow(/permission denied/);
      await expect(sqlAs(platform.adminUrl, change)).rejects.toThrow(/append-only/);
    }
    await expect(
      sqlAs(platform.env.NOEMA_DATABASE_URL, 'ALTER TABLE workspace.audit_entry DISABLE TRIGGER ALL'),
    ).rejects.toThrow(/must be owner/);
    expect((await team.as(AuditService).listAuditEntries({})).auditEntries.length).toBeGreaterThan(0);
  },
);

it('names every action of its entries for people', async () => {
  const team = await platform.newTeam();
  const { project } = await team.as(ProjectService).createProject({ displayName: 'p' });
  await team.as(ProjectService).deleteProject({ projectId: project!.id });
  const { auditActions } = await team.as(AuditService).listAuditActions({});
  const titles = new Map(auditActions.map(({ action, title }) => [action, title]));
  expect(titles.get('noema.workspace.v1.ProjectService/DeleteProject')).toBe('Delete project');
  for (const { action } of (await team.as(AuditService).listAuditEntries({})).auditEntries)
    expect(titles.get(action), action).toMatch(/^[A-Z]/);
});

it('is filtered by subject, action, resource and time', async () => {
  const team = await platform.newTeam();
  const { project } = await team.as(ProjectService).createProject({ displayName: 'p' });
  const between = new Date();
  await team.as(ProjectService).deleteProject({ projectId: project!.id });
  const actions = async (filter: string) =>
    (await team.as(AuditService).listAuditEntries({ filter })).auditEntries.map(
      (e) => e.action.split('/')[1],
    );
  expect(await actions(`resource = "project/${project!.id}"`)).toEqual(['DeleteProject', 'CreateProject']);
  expect(
    await actions(`resource = "project/${project!.id}" AND create_time > "${between.toISOString()}"`),
  ).toEqual(['DeleteProject']);
  expect(
    await actions(
      `subject = "${team.adminId}" AND action = "noema.workspace.v1.ProjectService/CreateProject"`,
    ),
  ).toEqual(['CreateProject']);
});

it('takes what other services announce, once', async () => {
  const team = await platform.newTeam();
  const db = Database.connect<unknown>({ url: platform.env.NOEMA_DATABASE_URL, schema: 'workspace' });
  const outbox = new Outbox(db);
  await db.run(team.teamId, () =>
    outbox.publish(AuditRecorded, {
      subject: 'ann',
      action: 'noema.training.v1.RunService/DeleteRun',
      resource: 'run/1',
      details: { why: 'test' },
      recordTime: timestampFromDate(new Date(0)),
    }),
  );
  await db.close();
  const list = async () =>
    (await team.as(AuditService).listAuditEntries({ filter: 'resource = "run/1"' })).auditEntries;
  await waitFor(async () => (await list()).length > 0, { what: 'the entry' });
  const entries = await list();
  expect(entries).toMatchObject([
    { subject: 'ann', action: 'noema.training.v1.RunService/DeleteRun', details: { why: 'test' } },
  ]);
  expect(timestampDate(entries[0]!.createTime!)).toEqual(new Date(0));
});
