import { ScrollArea, Skeleton } from '@mantine/core';
import { Suspense } from 'react';
import { FaultView } from '../../parts/fault.view.js';
import type { SampleAddress } from '../../parts/address/sample-key.js';
import { useVisual } from './visual.query.js';
import { drawVisual, type Visual } from './visual.js';

/** A sample that is no picture: its text, its series as lines, its table. */
export function VisualView({
  datasetVersionId,
  sample,
  visualizer,
  height,
  complete = (visual) => visual,
}: {
  datasetVersionId: string;
  sample: SampleAddress;
  visualizer: string;
  height: number;
  /** Adds predictions to the visual. */
  complete?: (visual: Visual) => Visual;
}) {
  const visual = useVisual(datasetVersionId, sample, visualizer);
  if (visual.error !== null)
    return (
      <FaultView
        error={visual.error}
        retry={() => {
          void visual.refetch();
        }}
      />
    );
  if (visual.data === undefined) return <Skeleton height={height} />;
  return (
    <ScrollArea.Autosize mah={height} type="auto" tabIndex={0}>
      <Suspense fallback={<Skeleton height={height} />}>{drawVisual(complete(visual.data), height)}</Suspense>
    </ScrollArea.Autosize>
  );
}
