import { queryOptions, skipToken, useQuery } from '@tanstack/react-query';
import { epochs, explorations, perceptionSpaces, runs } from '../../../api/clients.js';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import { methodsQuery } from '../../../parts/methods.query.js';
import { allPages } from '../../../parts/pages.js';
import { jobIsOpen, runIsOpen } from '../../../parts/states.js';

/** How often maps that are being made are looked at, in milliseconds. */
const MAKING_MS = 2_000;

export const runQuery = (runId: string) =>
  queryOptions({ queryKey: ['run', runId], queryFn: ({ signal }) => runs.getRun({ runId }, { signal }) });

/** The run whose population is looked at. */
export const useRun = (runId: string) =>
  useQuery({
    ...runQuery(runId),
    refetchInterval: ({ state }) =>
      state.data?.run !== undefined && runIsOpen(state.data.run.state) ? MAKING_MS : false,
  });

export const mapsQuery = (projectId: string, runId: string) =>
  queryOptions({
    queryKey: ['maps', projectId, runId],
    queryFn: ({ signal }) =>
      allPages(
        (pageToken) =>
          explorations.listExplorations({ projectId, runId, pageSize: 200, pageToken }, { signal }),
        (page) => page.explorations,
      ),
  });

/** All maps of a run, newest first. */
export const useMaps = (projectId: string, runId: string, isGrowing: boolean) =>
  useQuery({
    ...mapsQuery(projectId, runId),
    refetchInterval: ({ state }) =>
      isGrowing || (state.data ?? []).some((map) => jobIsOpen(map.state)) ? MAKING_MS : false,
  });

/**
 * Maps in which other data were placed in a map, newest first; none for a map that is not made. Cancelled
 * ones are left out.
 */
export const usePlacedMaps = (projectId: string, explorationId: string | undefined) =>
  useQuery({
    queryKey: ['placedMaps', projectId, explorationId],
    queryFn:
      explorationId === undefined
        ? skipToken
        : ({ signal }) =>
            allPages(
              (pageToken) =>
                explorations.listExplorations(
                  { projectId, projectedOnto: explorationId, pageSize: 200, pageToken },
                  { signal },
                ),
              (page) => page.explorations,
            ),
    select: notCancelled,
    refetchInterval: ({ state }) =>
      (state.data ?? []).some((map) => jobIsOpen(map.state)) ? MAKING_MS : false,
  });

const notCancelled = (maps: readonly Exploration[]): readonly Exploration[] =>
  maps.filter(({ state }) => state !== JobState.CANCELLED);

export const spacesQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['perceptionSpaces', projectId],
    queryFn: ({ signal }) =>
      allPages(
        (pageToken) =>
          perceptionSpaces.listPerceptionSpaces({ projectId, pageSize: 200, pageToken }, { signal }),
        (page) => page.perceptionSpaces,
      ),
    staleTime: 30_000,
  });

/** The algorithms that compute maps. */
export const projectionsQuery = methodsQuery('projection', 'projection');

/** Perception spaces of a project. */
export const useSpaces = (projectId: string) => useQuery(spacesQuery(projectId));

/** Losses and metrics of a run's epochs, rising. */
export const useEpochs = (runId: string, isGrowing: boolean) =>
  useQuery({
    queryKey: ['epochs', runId, 'all'],
    queryFn: async ({ signal }) =>
      (
        await allPages(
          (pageToken) => epochs.listEpochs({ runId, pageSize: 1_000, pageToken }, { signal }),
          (page) => page.epochs,
        )
      ).sort((a, b) => a.epoch - b.epoch),
    refetchInterval: isGrowing ? MAKING_MS : false,
  });
