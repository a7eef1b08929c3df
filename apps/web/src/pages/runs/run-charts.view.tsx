import { Select, SimpleGrid } from '@mantine/core';
import type { Epoch } from '@noema/contracts/noema/training/v1/epoch';
import { useMemo, useState } from 'react';
import { ChartPanelView } from '../../parts/charts/chart-panel.view.js';
import { metricTick, metricValue, value } from '../../parts/numbers.js';
import type { BatchLoss } from '../../features/runs/batch-losses.js';
import { batchSeries, type ChartedRun, metricNames, metricSeries } from '../../features/runs/epoch-series.js';

/**
 * Loss and metrics of runs over their epochs; of one run also the loss within the epochs that were followed
 * here.
 */
export function RunChartsView({
  runs,
  lastEpoch,
  batches,
}: {
  runs: readonly ChartedRun[];
  lastEpoch: number | undefined;
  batches: readonly BatchLoss[];
}) {
  const all = useMemo((): readonly Epoch[] => runs.flatMap(({ epochs }) => epochs), [runs]);
  const names = useMemo(() => metricNames(all), [all]);
  const [chosen, setChosen] = useState<string>();
  const metric = chosen !== undefined && names.includes(chosen) ? chosen : (names[0] ?? 'accuracy');
  const losses = useMemo(
    () => [...metricSeries(runs, 'loss'), ...(runs.length === 1 ? batchSeries(batches) : [])],
    [runs, batches],
  );
  const measured = useMemo(() => metricSeries(runs, metric), [runs, metric]);
  const file = runs[0]?.name ?? 'run';
  const title = metric.replaceAll('_', ' ').replace(/^./, (letter) => letter.toUpperCase());
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
      <ChartPanelView
        title="Loss"
        series={losses}
        step="epoch"
        lastX={lastEpoch}
        format={value}
        canLog
        fileName={`${file}-loss`}
      />
      <ChartPanelView
        title={title}
        series={measured}
        step="epoch"
        lastX={lastEpoch}
        format={(number) => metricValue(metric, number)}
        formatTick={(number) => metricTick(metric, number)}
        fileName={`${file}-${metric}`}
        actions={
          names.length > 1 && (
            <Select
              size="xs"
              w={180}
              aria-label="Metric"
              data={names}
              value={metric}
              onChange={(name) => {
                setChosen(name ?? undefined);
              }}
              allowDeselect={false}
            />
          )
        }
      />
    </SimpleGrid>
  );
}
