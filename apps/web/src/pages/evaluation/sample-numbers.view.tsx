import { SimpleGrid } from '@mantine/core';
import { useMemo } from 'react';
import { binEnds, type Report } from '../../features/evaluation/report.js';
import { ChartCardView } from '../../parts/charts/chart-card.view.js';
import type { ChartSpec } from '../../parts/charts/chart.js';
import { count, value } from '../../parts/numbers.js';
import type { Picked } from './picked.js';

const COLUMNS: Readonly<Record<string, string>> = {
  IoU: 'iou',
  'IoU of objects': 'iou',
  'accuracy by position': 'pixel_accuracy',
};
const TOTALS: ChartSpec = {
  kind: 'bar',
  title: 'Objects by outcome',
  x: { title: 'outcome' },
  value: { title: 'objects', format: count },
};

/** Histograms of numbers of each sample, and totals over all samples, for tasks without one class. */
export function SampleNumbersView({
  report: { histograms = [], totals = [], compared },
  onPick,
}: {
  report: Report;
  onPick: (picked: Picked) => void;
}) {
  const bars = useMemo(
    () => totals.map(({ name, title, total }) => ({ x: title, value: total, n: compared, column: name })),
    [totals, compared],
  );
  if (histograms.length + bars.length === 0) return null;
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
      {bars.length > 0 && (
        <ChartCardView
          spec={TOTALS}
          data={bars}
          note={`n = ${count(compared)} samples`}
          onPick={({ x, column }) => {
            onPick({
              pick: { range: { column, low: 1, high: Number.MAX_VALUE, ends: 'both' } },
              title: `Samples with objects: ${x}`,
              onMap: [['range', column, 1, 1e9]],
            });
          }}
        />
      )}
      {histograms.map(({ name, bins }) => (
        <HistogramView key={name} name={name} bins={bins} onPick={onPick} />
      ))}
    </SimpleGrid>
  );
}

function HistogramView({
  name,
  bins,
  onPick,
}: {
  name: string;
  bins: NonNullable<Report['histograms']>[number]['bins'];
  onPick: (picked: Picked) => void;
}) {
  const spec = useMemo(
    (): ChartSpec => ({ kind: 'histogram', title: name, x: { title: name }, value: { title: 'samples' } }),
    [name],
  );
  const data = useMemo(
    () => bins.map(({ low, high, count: samples }) => ({ x: low, low, high, value: samples, n: samples })),
    [bins],
  );
  const column = COLUMNS[name] ?? name;
  return (
    <ChartCardView
      spec={spec}
      data={data}
      note={`n = ${count(data.reduce((sum, { n }) => sum + n, 0))}`}
      onPick={({ low, high }) => {
        onPick({
          pick: { range: { column, low, high, ends: binEnds({ high }, bins.at(-1)) } },
          title: `${name} ${value(low)} to ${value(high)}`,
          onMap: [['range', column, low, high]],
        });
      }}
    />
  );
}
