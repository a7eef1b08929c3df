import { useQuery } from '@tanstack/react-query';
import { datasets, projects, runs } from '../../api/clients.js';
import { allPages } from '../../parts/pages.js';
import { jobIsOpen, runIsOpen } from '../../parts/states.js';
import { MOVING_MS } from '../runs/run.query.js';

/** One project. */
export const useProject = (projectId: string) =>
  useQuery({
    queryKey: ['project', projectId],
    queryFn: ({ signal }) => projects.getProject({ projectId }, { signal }),
  });

/** All projects of the team, newest first. */
export const useProjects = () =>
  useQuery({
    queryKey: ['project-list'],
    queryFn: ({ signal }) =>
      allPages(
        (pageToken) => projects.listProjects({ pageSize: 500, pageToken }, { signal }),
        (page) => page.projects,
      ),
    refetchOnWindowFocus: true,
  });

/** The newest run of a project; null when there is none. */
export const useLatestRun = (projectId: string) =>
  useQuery({
    queryKey: ['latest-run', projectId],
    queryFn: async ({ signal }) =>
      (await runs.listRuns({ projectId, pageSize: 1 }, { signal })).runs[0] ?? null,
    refetchInterval: ({ state }) =>
      state.data !== undefined && state.data !== null && runIsOpen(state.data.state) ? MOVING_MS : false,
  });

/** All dataset versions of a project, newest first; requested again while one is being ingested. */
export const useDatasetVersions = (projectId: string) =>
  useQuery({
    queryKey: ['dataset-version-list', projectId],
    queryFn: ({ signal }) =>
      allPages(
        (pageToken) => datasets.listDatasetVersions({ projectId, pageSize: 200, pageToken }, { signal }),
        (page) => page.datasetVersions,
      ),
    refetchInterval: ({ state }) =>
      state.data?.some((version) => jobIsOpen(version.state)) === true ? MOVING_MS : false,
  });
