import { useQuery } from '@tanstack/react-query';
import { models } from '../../api/making-clients.js';
import { allPages } from '../../parts/pages.js';

/** A model. */
export const useModel = (modelId: string | undefined) =>
  useQuery({
    queryKey: ['model', modelId],
    queryFn: ({ signal }) => models.getModel({ modelId: modelId! }, { signal }),
    enabled: modelId !== undefined && modelId !== '',
    staleTime: 60_000,
  });

/** All versions of a model, newest first. */
export const useModelVersions = (modelId: string | undefined) =>
  useQuery({
    queryKey: ['model-version-list', modelId],
    queryFn: ({ signal }) =>
      allPages(
        (pageToken) => models.listModelVersions({ modelId: modelId!, pageSize: 500, pageToken }, { signal }),
        (page) => page.modelVersions,
      ),
    enabled: modelId !== undefined && modelId !== '',
  });

/**
 * The layers of a model version in the order of the graph, the outputs of its blocks, and which of them are
 * proposed to be followed.
 */
export const useFollowable = (modelVersionId: string | undefined) =>
  useQuery({
    queryKey: ['layer-list', modelVersionId],
    queryFn: ({ signal }) => models.listLayers({ modelVersionId: modelVersionId! }, { signal }),
    enabled: modelVersionId !== undefined && modelVersionId !== '',
    staleTime: Infinity,
  });

/** All models of a project, newest first. */
export const useModels = (projectId: string) =>
  useQuery({
    queryKey: ['model-list', projectId],
    queryFn: ({ signal }) =>
      allPages(
        (pageToken) => models.listModels({ projectId, pageSize: 500, pageToken }, { signal }),
        (page) => page.models,
      ),
  });

/** The model of a version and what both are called: `digits-cnn v1`. */
export function useModelOfVersion(
  modelVersionId: string,
): { readonly id: string; readonly label: string } | undefined {
  const version = useQuery({
    queryKey: ['model-version', modelVersionId],
    queryFn: ({ signal }) => models.getModelVersion({ modelVersionId }, { signal }),
    enabled: modelVersionId !== '',
    staleTime: Infinity,
  }).data?.modelVersion;
  const model = useModel(version?.modelId).data?.model;
  return version === undefined || model === undefined
    ? undefined
    : { id: model.id, label: `${model.displayName} v${version.number}` };
}
