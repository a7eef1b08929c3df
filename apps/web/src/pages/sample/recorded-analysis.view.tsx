import { Button } from '@mantine/core';
import type { Epoch } from '@noema/contracts/noema/training/v1/epoch';
import { IconFileUnknown } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ComponentProps, useState } from 'react';
import { epochs } from '../../api/clients.js';
import { AnalysisView } from '../../features/analysis/analysis.view.js';
import { EmptyView } from '../../parts/empty.view.js';
import { QueryView } from '../../parts/query.view.js';

/** The analysis of a sample of a run that a client recorded, or why its epoch has no heat maps. */
export function RecordedAnalysisView({
  runId,
  shown,
}: {
  runId: string;
  shown: ComponentProps<typeof AnalysisView>;
}) {
  const { epoch } = shown;
  const [servedEpoch, setServedEpoch] = useState(0);
  const query = useQuery({
    queryKey: ['epoch', runId, epoch],
    queryFn: ({ signal }) => epochs.getEpoch({ runId, epoch }, { signal }),
    staleTime: Infinity,
  });
  return (
    <QueryView query={query} lines={8}>
      {({ epoch: found }) =>
        (found?.weights?.sizeBytes ?? 0n) > 0n || servedEpoch === epoch ? (
          <AnalysisView {...shown} />
        ) : (
          <NoHeatMapsView
            epoch={found}
            onServed={() => {
              setServedEpoch(epoch);
            }}
          />
        )
      }
    </QueryView>
  );
}

function NoHeatMapsView({ epoch, onServed }: { epoch: Epoch | undefined; onServed: () => void }) {
  const why = epoch?.graphFault?.message ?? 'the client sent no graph of the model with this epoch';
  return (
    <EmptyView icon={<IconFileUnknown />} title="No heat maps">
      {`${why[0]!.toUpperCase()}${why.slice(1)}. `}
      Heat maps need the graph of the model, or a process that runs noema.serve(model). Details, map, units
      and similar samples work without it.
      <Button variant="light" mt="md" onClick={onServed}>
        Use a served model
      </Button>
    </EmptyView>
  );
}
