import type { Analysis } from '@noema/contracts/noema/explanations/v1/analysis';
import { skipToken, useQuery } from '@tanstack/react-query';
import { analyses } from '../../api/explaining-clients.js';
import { allPages } from '../../parts/pages.js';
import { jobIsOpen } from '../../parts/states.js';
import type { SampleAddress } from '../../parts/address/sample-key.js';
import { MOVING_MS } from '../runs/run.query.js';
import { analysesByRow, analysesFilter } from './unit-maps.js';

/** Samples of an epoch whose analyses are wanted; `creates` where the user may have missing ones computed. */
export interface UnitMapsQuery {
  readonly projectId: string;
  readonly runId: string;
  readonly epoch: number;
  readonly samples: readonly { readonly row: number; readonly sample: SampleAddress }[];
  readonly creates: boolean;
}

/**
 * The analyses of samples by row, which have the maps of all units of layers with positions. Missing ones are
 * computed by one method at the last layer with positions, because the maps of units do not depend on it.
 */
export const useUnitMaps = (of: UnitMapsQuery | undefined) =>
  useQuery({
    queryKey: ['unitMaps', of],
    queryFn:
      of === undefined || of.samples.length === 0
        ? skipToken
        : async ({ signal }): Promise<ReadonlyMap<number, Analysis>> => {
            const byRow = await findAnalyses(of, signal);
            const missing = of.creates ? of.samples.filter(({ row }) => !byRow.has(row)) : [];
            const created = await Promise.all(
              missing.map(({ sample }) => createAnalysis(of, sample, signal)),
            );
            for (const analysis of created) if (analysis !== undefined) byRow.set(analysis.row, analysis);
            return byRow;
          },
    staleTime: Infinity,
    refetchInterval: ({ state }) =>
      [...(state.data?.values() ?? [])].some((analysis) => jobIsOpen(analysis.state)) ? MOVING_MS : false,
  });

async function findAnalyses({ projectId, runId, epoch, samples }: UnitMapsQuery, signal: AbortSignal) {
  const filter = analysesFilter(
    epoch,
    samples.map(({ row }) => row),
  );
  const all = await allPages(
    (pageToken) =>
      analyses.listAnalyses({ projectId, runId, filter, pageSize: 1_000, pageToken }, { signal }),
    (page) => page.analyses,
  );
  return analysesByRow(all);
}

async function createAnalysis(
  { projectId, runId, epoch }: UnitMapsQuery,
  sample: SampleAddress,
  signal: AbortSignal,
): Promise<Analysis | undefined> {
  const { analysis } = await analyses.createAnalysis(
    { projectId, runId, epoch, sample: { ...sample }, settings: { methods: ['grad-cam'] } },
    { signal },
  );
  return analysis;
}
