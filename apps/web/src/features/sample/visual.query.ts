import { skipToken, useQuery } from '@tanstack/react-query';
import { samples } from '../../api/clients.js';
import type { SampleAddress } from '../../parts/address/sample-key.js';

/** The visual of a sample by a visualizer, unless it is a plain picture, which the browser reads. */
export const useVisual = (
  datasetVersionId: string,
  sample: SampleAddress | undefined,
  visualizer = 'default',
) =>
  useQuery({
    queryKey: ['visual', datasetVersionId, sample, visualizer],
    queryFn:
      sample === undefined
        ? skipToken
        : async ({ signal }) => {
            const { body } = await samples.getSampleVisual(
              { datasetVersionId, split: sample.split, sampleId: sample.sampleId, visualizer },
              { signal },
            );
            // The kinds draw with charts and tables: the first view goes without them.
            const { readVisual, toSnippet } = await import('./visual.js');
            const visual = readVisual(body?.contentType ?? '', body?.data ?? new Uint8Array());
            return { ...visual, snippet: toSnippet(visual) };
          },
    staleTime: Infinity,
  });
