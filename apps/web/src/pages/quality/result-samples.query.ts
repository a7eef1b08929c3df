import { skipToken, useQuery } from '@tanstack/react-query';
import { evaluations } from '../../api/clients.js';

/** Number of samples of a result that are loaded: the highest losses. */
const MAX_ROWS = 5_000;
const PAGE = 1_000;

/** The samples of a test. */
export interface TestSamples {
  /** Rows of the samples with the highest loss, the highest first. */
  readonly rows: Uint32Array;
  /** Number of all samples of the test. */
  readonly total: number;
}

/** The samples that meet a filter after an epoch, the highest loss first; none for an undefined filter. */
export const useTestSamples = (runId: string, epoch: number, filter: string | undefined) =>
  useQuery({
    queryKey: ['test-samples', runId, epoch, filter],
    staleTime: Infinity,
    structuralSharing: false,
    queryFn:
      filter === undefined
        ? skipToken
        : async ({ signal }): Promise<TestSamples> => {
            const rows: number[] = [];
            let [total, pageToken] = [0, ''];
            do {
              const page = await evaluations.listSampleEvaluations(
                { runId, epoch, filter, orderBy: 'loss desc', pageSize: PAGE, pageToken },
                { signal },
              );
              for (const { row } of page.evaluations) rows.push(row);
              [total, pageToken] = [page.totalSize, page.nextPageToken];
            } while (pageToken !== '' && rows.length < MAX_ROWS);
            return { rows: Uint32Array.from(rows), total };
          },
  });
