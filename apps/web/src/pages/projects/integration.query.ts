import { useQuery } from '@tanstack/react-query';
import { integrations } from '../../api/making-clients.js';
import { allPages } from '../../parts/pages.js';

/** All integrations of a project, newest first. */
export const useIntegrations = (projectId: string) =>
  useQuery({
    queryKey: ['integration-list', projectId],
    queryFn: ({ signal }) =>
      allPages(
        (pageToken) => integrations.listIntegrations({ projectId, pageSize: 200, pageToken }, { signal }),
        (page) => page.integrations,
      ),
  });
