import { useQueries } from '@tanstack/react-query';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { useMemo } from 'react';
import { models } from '../../../api/making-clients.js';
import { useDatasetVersions } from '../../../features/project/project.query.js';
import { useModels } from '../../../features/project/model.query.js';
import type { RunNames } from '../../../features/runs/run-row.js';

/** Display names of the data and the models that runs start from; an unloaded one has no name. */
export function useRunNames(projectId: string, runs: readonly Run[]): RunNames {
  const data = useDatasetVersions(projectId).data;
  const families = useModels(projectId).data;
  const ids = useMemo(
    () => [...new Set(runs.map(({ modelVersionId }) => modelVersionId))].filter((id) => id !== ''),
    [runs],
  );
  const versions = useQueries({
    queries: ids.map((modelVersionId) => ({
      queryKey: ['model-version', modelVersionId],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        models.getModelVersion({ modelVersionId }, { signal }),
      staleTime: Infinity,
    })),
    combine: (results) => results.map((result) => result.data?.modelVersion),
  });
  return useMemo(
    () => ({
      data: new Map((data ?? []).map(({ id, displayName }) => [id, displayName])),
      models: new Map(
        versions.flatMap((version) => {
          const family = families?.find(({ id }) => id === version?.modelId);
          return version === undefined || family === undefined
            ? []
            : [[version.id, `${family.displayName} v${version.number}`] as const];
        }),
      ),
    }),
    [data, families, versions],
  );
}
