import type { Dashboard } from '@noema/contracts/noema/quality/v1/dashboard';
import { skipToken, useQuery, useQueryClient } from '@tanstack/react-query';
import { dashboards } from '../../api/quality-clients.js';
import { allPages } from '../../parts/pages.js';
import { toUpdateMask } from '../../parts/update-mask.js';

/** All dashboards of a project, the newest first. */
export const useDashboards = (projectId: string) =>
  useQuery({
    queryKey: ['dashboard-list', projectId],
    queryFn: ({ signal }) =>
      allPages(
        (pageToken) => dashboards.listDashboards({ projectId, pageSize: 500, pageToken }, { signal }),
        (page) => page.dashboards,
      ),
  });

/** A saved dashboard; none for an undefined id. */
export const useSavedDashboard = (dashboardId: string | undefined) =>
  useQuery({
    queryKey: ['dashboard', dashboardId],
    queryFn:
      dashboardId === undefined
        ? skipToken
        : ({ signal }) => dashboards.getDashboard({ dashboardId }, { signal }),
    select: ({ dashboard }) => dashboard,
  });

/** Writes dashboards, and has lists of them load again. */
export function useDashboardActions(projectId: string) {
  const client = useQueryClient();
  const changed = async (dashboard: Dashboard | undefined): Promise<Dashboard | undefined> => {
    if (dashboard !== undefined) client.setQueryData(['dashboard', dashboard.id], { dashboard });
    await client.invalidateQueries({ queryKey: ['dashboard-list', projectId] });
    return dashboard;
  };
  return {
    create: async (displayName: string, document: string) =>
      changed((await dashboards.createDashboard({ projectId, displayName, document })).dashboard),
    update: async (
      dashboard: Dashboard,
      change: { displayName?: string; document?: string; draft?: boolean },
    ) =>
      changed(
        (
          await dashboards.updateDashboard({
            // The etag refuses to overwrite the change of another person.
            dashboard: { id: dashboard.id, etag: dashboard.etag, ...change },
            updateMask: toUpdateMask(change),
          })
        ).dashboard,
      ),
    remove: async (dashboardId: string) => {
      await dashboards.deleteDashboard({ dashboardId });
      await changed(undefined);
    },
  };
}
