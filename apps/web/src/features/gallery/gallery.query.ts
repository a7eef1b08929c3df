import type { Sample } from '@noema/contracts/noema/datasets/v1/sample';
import type { HeatMap } from '@noema/contracts/noema/explanations/v1/heat_map';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';
import { useQueries } from '@tanstack/react-query';
import { useCallback } from 'react';
import { evaluations, samples } from '../../api/clients.js';
import { analyses } from '../../api/explaining-clients.js';
import type { GalleryItem, GalleryItems } from './gallery-items.js';

/** Samples that one request covers. */
const CHUNK = 48;
const CACHING = { staleTime: Infinity, gcTime: 120_000 };

/** A heat map that is stored for a sample, with the analysis that it belongs to. */
export interface StoredHeatMap {
  readonly analysisId: string;
  readonly map: HeatMap;
}

/** The loaded data of the samples in sight, by the `id` of the item. */
export interface GalleryDetails {
  readonly samples: ReadonlyMap<number, Sample>;
  readonly evaluations: ReadonlyMap<number, SampleEvaluation>;
  readonly heatMaps: ReadonlyMap<number, StoredHeatMap>;
  /** Whether the heat maps in sight are still requested. */
  readonly areHeatMapsComing: boolean;
  readonly error: unknown;
  readonly retry: () => void;
}

/** The run whose evaluations and heat maps are shown with the samples. */
export interface GalleryRun {
  readonly runId: string;
  readonly epoch: number;
  /** Output whose evaluations are shown. Default: the first one. */
  readonly output?: string;
  /** Whether evaluations are requested; not where columns have what they say. */
  readonly hasEvaluations: boolean;
  readonly hasHeatMaps: boolean;
}

/** Requests samples, evaluations and heat maps of the items from `first` up to, not including, `last`, in chunks. */
export function useGalleryDetails(
  projectId: string,
  items: GalleryItems,
  { first, last, enabled }: { readonly first: number; readonly last: number; readonly enabled: boolean },
  run: GalleryRun | undefined,
): GalleryDetails {
  const chunks: GalleryItem[][] = [];
  for (let from = Math.floor(first / CHUNK) * CHUNK; from < last; from += CHUNK)
    chunks.push(
      Array.from({ length: Math.min(CHUNK, items.count - from) }, (_, at) => items.itemAt(from + at)),
    );
  const ids = (chunk: readonly GalleryItem[]): number[] => chunk.map(({ id }) => id);
  const named = useQueries({
    queries: chunks.map((chunk) => ({
      queryKey: ['gallery-samples', listVersions(chunk), ids(chunk)],
      queryFn: ({ signal }: { signal: AbortSignal }) => findSamples(chunk, signal),
      enabled,
      ...CACHING,
    })),
    combine: useCallback(merged<Sample>, []),
  });
  const evaluated = useQueries({
    queries: (run?.hasEvaluations === true ? chunks : []).map((chunk) => ({
      queryKey: ['gallery-evaluations', run?.runId, run?.epoch, run?.output, ids(chunk)],
      queryFn: ({ signal }: { signal: AbortSignal }) => findEvaluations(chunk, run!, signal),
      enabled,
      ...CACHING,
    })),
    combine: useCallback(merged<SampleEvaluation>, []),
  });
  const explained = useQueries({
    queries: (run?.hasHeatMaps === true ? chunks : []).map((chunk) => ({
      queryKey: ['gallery-heat-maps', run?.runId, run?.epoch, ids(chunk)],
      queryFn: ({ signal }: { signal: AbortSignal }) => findHeatMaps(projectId, chunk, run!, signal),
      enabled,
      // Somebody may explain a sample at any time.
      staleTime: 15_000,
    })),
    combine: useCallback(merged<StoredHeatMap>, []),
  });
  const failed = [named, evaluated, explained].find(({ error }) => error !== null);
  return {
    samples: named.data,
    evaluations: evaluated.data,
    heatMaps: explained.data,
    areHeatMapsComing: explained.isPending,
    error: failed?.error ?? null,
    retry: () => {
      failed?.retry();
    },
  };
}

const listVersions = (chunk: readonly GalleryItem[]): string[] => [
  ...new Set(chunk.map(({ datasetVersionId }) => datasetVersionId)),
];

/** The results of all chunks as one map. */
function merged<T>(
  results: readonly {
    readonly data: ReadonlyMap<number, T> | undefined;
    readonly error: unknown;
    readonly isPending: boolean;
    readonly refetch: () => unknown;
  }[],
) {
  return {
    data: new Map(results.flatMap(({ data }) => [...(data ?? [])])) as ReadonlyMap<number, T>,
    error: results.find(({ error }) => error !== null)?.error ?? null,
    isPending: results.some(({ isPending }) => isPending),
    retry: () => {
      for (const { error, refetch } of results) if (error !== null) refetch();
    },
  };
}

/** The samples of items, which may be of several dataset versions. */
async function findSamples(
  chunk: readonly GalleryItem[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, Sample>> {
  const found = await Promise.all(
    listVersions(chunk).map(async (datasetVersionId) => {
      const own = chunk.filter((item) => item.datasetVersionId === datasetVersionId);
      const idByRow = new Map(own.map(({ row, id }) => [row, id]));
      const page = await samples.listSamples(
        { datasetVersionId, rows: own.map(({ row }) => row), pageSize: own.length },
        { signal },
      );
      return page.samples.flatMap((sample) => {
        const id = idByRow.get(sample.row);
        return id === undefined ? [] : [[id, sample] as const];
      });
    }),
  );
  return new Map(found.flat());
}

async function findEvaluations(
  chunk: readonly GalleryItem[],
  { runId, epoch, output = '' }: GalleryRun,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, SampleEvaluation>> {
  const rows = chunk.filter(({ isEvaluated }) => isEvaluated).map(({ row }) => row);
  if (rows.length === 0) return new Map();
  const page = await evaluations.listSampleEvaluations(
    { runId, epoch, output, rows, pageSize: rows.length, orderBy: 'row' },
    { signal },
  );
  return new Map(page.evaluations.map((evaluation) => [evaluation.row, evaluation]));
}

/** The heat map of the predicted class in the newest analysis of each sample that was explained. */
async function findHeatMaps(
  projectId: string,
  chunk: readonly GalleryItem[],
  { runId, epoch }: GalleryRun,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, StoredHeatMap>> {
  const rows = chunk.filter(({ isEvaluated }) => isEvaluated).map(({ row }) => row);
  const found = new Map<number, StoredHeatMap>();
  if (rows.length === 0) return found;
  const page = await analyses.listAnalyses(
    {
      projectId,
      runId,
      filter: `epoch = ${epoch} AND (${rows.map((row) => `row = ${row}`).join(' OR ')})`,
      pageSize: 200,
      orderBy: 'create_time desc',
    },
    { signal },
  );
  for (const { id, row, state, heatMaps, predictedClass } of page.analyses) {
    const map = heatMaps.find(({ target }) => target?.classIndex === predictedClass) ?? heatMaps[0];
    if (state === JobState.SUCCEEDED && map !== undefined && !found.has(row))
      found.set(row, { analysisId: id, map });
  }
  return found;
}
