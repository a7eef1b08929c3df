import { DashboardService } from '@noema/contracts/noema/quality/v1/dashboard_service';
import { uuidv7 } from '@noema/kernel';
import { assertRowLevelSecurity } from '@noema/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningQuality } from './running-quality.js';

const document = 'version: 1\ncharts:\n  - { reduce: confusion }\n';

let running: RunningQuality;
let projectId: string;
const client = (teamId = running.teamId) => running.of(DashboardService, { teamId });

beforeAll(async () => {
  running = await RunningQuality.start();
  ({ projectId } = running);
});
afterAll(() => running.stop());

describe('dashboards', () => {
  it('RELIABILITY 7: creates one once for a request id, returns, lists and deletes it', async () => {
    const request = { projectId, displayName: 'first', document, requestId: uuidv7() };
    const { dashboard } = await client().createDashboard(request);
    expect((await client().createDashboard(request)).dashboard).toEqual(dashboard);
    expect(dashboard).toMatchObject({ projectId, displayName: 'first', document, draft: false });
    const { dashboards } = await client().listDashboards({ projectId, filter: 'draft = false' });
    expect(dashboards).toEqual([dashboard]);
    await client().deleteDashboard({ dashboardId: dashboard!.id });
    expect((await client().listDashboards({ projectId })).dashboards).toEqual([]);
  });

  it('refuses a document with the place and the reason', async () => {
    await expect(
      client().createDashboard({
        projectId,
        displayName: 'x',
        document: 'version: 1\ncharts: [{ mark: pie }]',
      }),
    ).rejects.toMatchObject({
      kind: 'invalid',
      reason: 'EVALUATION_DOCUMENT_INVALID',
      message: expect.stringContaining('charts[0].mark: it is "pie"'),
    });
  });

  it('has a name once in a project', async () => {
    const [named, other] = [{ projectId, displayName: 'named', document }, uuidv7()];
    const { dashboard } = await client().createDashboard(named);
    await expect(client().createDashboard(named)).rejects.toMatchObject({ reason: 'DASHBOARD_NAME_TAKEN' });
    await client().createDashboard({ ...named, projectId: other });
    const { dashboard: second } = await client().createDashboard({ ...named, displayName: 'second' });
    await expect(
      client().updateDashboard({ dashboard: { id: second!.id, displayName: 'named' } }),
    ).rejects.toMatchObject({ reason: 'DASHBOARD_NAME_TAKEN' });
    await client().deleteDashboard({ dashboardId: dashboard!.id });
  });

  it('changes the fields of the mask, and nothing that has changed since it was read', async () => {
    const { dashboard } = await client().createDashboard({
      projectId,
      displayName: 'draft',
      document,
      draft: true,
    });
    const { id, etag } = dashboard!;
    const accepted = await client().updateDashboard({
      dashboard: { id, etag, displayName: 'ignored' },
      updateMask: { paths: ['draft'] },
    });
    expect(accepted.dashboard).toMatchObject({ displayName: 'draft', draft: false });
    expect(accepted.dashboard!.etag).not.toBe(etag);
    await expect(
      client().updateDashboard({ dashboard: { id, etag, displayName: 'late' } }),
    ).rejects.toMatchObject({ kind: 'precondition', reason: 'RESOURCE_CHANGED' });
    await expect(
      client().updateDashboard({ dashboard: { id }, updateMask: { paths: ['created_by'] } }),
    ).rejects.toMatchObject({ reason: 'UPDATE_MASK_INVALID' });
  });

  it('lets one of two updates at the same time win', async () => {
    const { dashboard } = await client().createDashboard({ projectId, displayName: 'raced', document });
    const { id, etag } = dashboard!;
    const updates = await Promise.allSettled(
      ['one', 'two'].map((displayName) => client().updateDashboard({ dashboard: { id, etag, displayName } })),
    );
    expect(updates.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});

it('RELIABILITY 28: shows nothing to another team', async () => {
  const { dashboard } = await client().createDashboard({ projectId, displayName: 'hidden', document });
  const stranger = client(uuidv7());
  const dashboardId = dashboard!.id;
  for (const call of [
    () => stranger.getDashboard({ dashboardId }),
    () => stranger.deleteDashboard({ dashboardId }),
    () => stranger.updateDashboard({ dashboard: { id: dashboardId, displayName: 'x' } }),
  ])
    await expect(call()).rejects.toMatchObject({ kind: 'not-found' });
  expect((await stranger.listDashboards({ projectId })).dashboards).toEqual([]);
  await assertRowLevelSecurity(running.bed.adminUrl, 'quality');
});
