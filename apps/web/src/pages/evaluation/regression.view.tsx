import { Select, SimpleGrid, Stack, Text } from '@mantine/core';
import { useMemo } from 'react';
import { binEnds, type NumberReport } from '../../features/evaluation/report.js';
import { ChartCardView } from '../../parts/charts/chart-card.view.js';
import type { ChartSpec } from '../../parts/charts/chart.js';
import { count, value } from '../../parts/numbers.js';
import type { EvaluationAddress } from './evaluation-address.state.js';
import type { Picked } from './picked.js';

const RESIDUALS: ChartSpec = {
  kind: 'histogram',
  title: 'Residuals',
  x: { title: 'truth minus prediction' },
  value: { title: 'samples', format: value },
};

/** Residuals, and predicted against true numbers, of one output. */
export function RegressionView({
  report: { outputs, residuals, points, n },
  focus,
  onChange,
  onPick,
}: {
  report: NumberReport;
  focus: number;
  onChange: (changes: Partial<EvaluationAddress>) => void;
  onPick: (picked: Picked) => void;
}) {
  const spec = useMemo((): ChartSpec => {
    const all = points.flatMap(({ truth, predicted }) => [truth, predicted]);
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const range = low < high ? ([low, high] as const) : ([low - 0.5, high + 0.5] as const);
    return {
      kind: 'scatter',
      title: 'Predicted against true',
      x: { title: 'true', range },
      value: { title: 'predicted', range },
      hasDiagonal: true,
    };
  }, [points]);
  const marks = useMemo(
    () => points.map(({ truth, predicted, row }) => ({ x: truth, value: predicted, n: 1, sample: row })),
    [points],
  );
  const bars = useMemo(
    () =>
      residuals.map(({ low, high, count: samples }) => ({ x: low, low, high, value: samples, n: samples })),
    [residuals],
  );
  return (
    <Stack gap="xs">
      {outputs > 1 && (
        <Select
          size="sm"
          w={160}
          label="Output"
          data={Array.from({ length: outputs }, (_, index) => ({
            value: String(index),
            label: `output ${index + 1}`,
          }))}
          value={String(Math.min(focus, outputs - 1))}
          allowDeselect={false}
          onChange={(next) => {
            onChange({ focus: Number(next) });
          }}
        />
      )}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <ChartCardView
          spec={spec}
          data={marks}
          height={360}
          note={`n = ${count(n)}`}
          onPick={({ sample, x, value: predicted }) => {
            onPick({
              pick: { row: sample },
              title: `True ${value(x)}, predicted ${value(predicted)}`,
              onMap: undefined,
            });
          }}
        >
          {points.length < n && (
            <Text size="xs" c="dimmed">
              {count(points.length)} of {count(n)} samples are drawn, evenly over the data.
            </Text>
          )}
        </ChartCardView>
        <ChartCardView
          spec={RESIDUALS}
          data={bars}
          height={360}
          note={`n = ${count(n)}`}
          onPick={({ low, high }) => {
            onPick({
              pick: { range: { column: 'residual', low, high, ends: binEnds({ high }, residuals.at(-1)) } },
              title: `Residual ${value(low)} to ${value(high)}`,
              onMap: outputs === 1 ? [['range', 'residual', low, high]] : undefined,
            });
          }}
        />
      </SimpleGrid>
    </Stack>
  );
}
