import { skipToken, useQuery } from '@tanstack/react-query';
import { samples } from '../../api/clients.js';
import type { SampleAddress } from '../../parts/address/sample-key.js';

/** What the first visualizer made of a sample, when it makes no pictures; ask only then. */
export const useVisual = (datasetVersionId: string, sample: SampleAddress | undefined) =>
  useQuery({
    queryKey: ['visual', datasetVersionId, sample],
    queryFn:
      sample === undefined
        ? skipToken
        : async ({ signal }) => {
            const { body } = await samples.getSampleVisual(
              { datasetVersionId, split: sample.split, sampleId: sample.sampleId, visualizer: 'default' },
              { signal },
            );
            // The kinds draw with charts and tables: the first view goes without them.
            const { readVisual, snippetOf } = await import('./visual.js');
            const visual = readVisual(body?.contentType ?? '', body?.data ?? new Uint8Array());
            return { ...visual, snippet: snippetOf(visual) };
          },
    staleTime: Infinity,
  });
