import { Group, Select, SimpleGrid, Slider, Stack, Text } from '@mantine/core';
import type { Epoch } from '@noema/contracts/noema/training/v1/epoch';
import { useMemo, useState } from 'react';
import { ChartPanelView } from '../../parts/charts/chart-panel.view.js';
import { metricTick, metricValue, value } from '../../parts/numbers.js';
import type { BatchLoss } from '../../features/runs/batch-losses.js';
import {
  batchSeries,
  type ChartedRun,
  isLearningRate,
  learningRateSeries,
  metricSeries,
  smoothedSeries,
} from '../../features/runs/chart-series.js';
import { metricNames } from '../../features/runs/epoch-series.js';
import { MAX_SMOOTHING } from '../../features/runs/smoothing.js';
import { useAddressValue } from '../../features/sample/sample-address.state.js';
import { plainName } from '../../parts/plain-name.js';

/**
 * Loss, metrics and recorded learning rates of runs over their epochs; of one run also the loss within the epochs
 * that were followed here. The lines can be smoothed.
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
  const names = useMemo(() => metricNames(all).filter((name) => !isLearningRate(name)), [all]);
  const [smoothing, setSmoothing] = useSmoothing();
  const [chosen, setChosen] = useState<string>();
  const metric = chosen !== undefined && names.includes(chosen) ? chosen : (names[0] ?? 'accuracy');
  const losses = useMemo(
    () =>
      smoothedSeries(
        [...metricSeries(runs, 'loss'), ...(runs.length === 1 ? batchSeries(batches) : [])],
        smoothing,
      ),
    [runs, batches, smoothing],
  );
  const measured = useMemo(
    () => smoothedSeries(metricSeries(runs, metric), smoothing),
    [runs, metric, smoothing],
  );
  const rates = useMemo(() => learningRateSeries(runs), [runs]);
  const file = runs[0]?.name ?? 'run';
  const title = plainName(metric).replace(/^./, (letter) => letter.toUpperCase());
  return (
    <Stack gap="xs">
      {losses.some(({ points }) => points.length > 2) && (
        <SmoothingView weight={smoothing} onChange={setSmoothing} />
      )}
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
        {rates.length > 0 && (
          <ChartPanelView
            title="Learning rate"
            series={rates}
            step="epoch"
            lastX={lastEpoch}
            format={value}
            canLog
            fileName={`${file}-learning-rate`}
          />
        )}
      </SimpleGrid>
    </Stack>
  );
}

/** The weight of the moving average in the address, 0 for none. */
function useSmoothing(): readonly [number, (weight: number) => void] {
  const [text, setText] = useAddressValue('smooth', '0');
  const weight = Number(text);
  return [
    weight > 0 && weight <= MAX_SMOOTHING ? weight : 0,
    (next) => {
      setText(String(next));
    },
  ];
}

function SmoothingView({ weight, onChange }: { weight: number; onChange: (weight: number) => void }) {
  return (
    <Group gap="sm" wrap="nowrap" maw={360}>
      <Text size="xs" c="dimmed">
        Smoothing
      </Text>
      <Slider
        size="sm"
        style={{ flex: 1 }}
        min={0}
        max={MAX_SMOOTHING}
        step={0.01}
        value={weight}
        onChange={onChange}
        thumbLabel="Smoothing of the curves"
        thumbProps={{ 'aria-valuetext': weight === 0 ? 'off' : `weight ${weight}` }}
      />
      <Text size="xs" w={28} ta="right">
        {weight === 0 ? 'off' : weight.toFixed(2)}
      </Text>
    </Group>
  );
}
