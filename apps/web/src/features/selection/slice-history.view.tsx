import { SegmentedControl, Skeleton, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { LineChartView } from '../../parts/charts/line-chart.view.js';
import type { LineSeries } from '../../parts/charts/line-series.js';
import { FaultView } from '../../parts/fault.view.js';
import { count, metricTick, metricValue } from '../../parts/numbers.js';
import type { ComparedRun } from './compared-run.js';
import { useSliceHistory } from './slice-comparison.query.js';
import { METRICS, pickEpochs } from './slice-metrics.js';
import type { NamedSubject } from './slice-sets.js';

/** Epochs that are requested at most: each is a request for a summary. */
const MAX_EPOCHS = 40;
const COLORS = ['#3464de', '#c2410c'] as const;

/** A metric of one slice or two over the epochs of a run, with the interval of each epoch. */
export function SliceHistoryView({
  run,
  slices,
}: {
  readonly run: ComparedRun;
  readonly slices: readonly NamedSubject[];
}) {
  const [wanted, setWanted] = useState('accuracy');
  const { epochCount } = run;
  const epochs = pickEpochs(epochCount, MAX_EPOCHS);
  const first = useSliceHistory(run, epochs, slices[0]?.subject);
  const second = useSliceHistory(run, epochs, slices[1]?.subject);
  const histories = slices.length > 1 ? [first, second] : [first];
  const failed = histories.find(({ error }) => error !== null);
  if (failed !== undefined) return <FaultView error={failed.error} retry={failed.retry} />;
  if (slices.some(({ subject }) => subject === undefined) || histories.some(({ isPending }) => isPending))
    return <Skeleton h={280} role="status" aria-busy="true" aria-label="loading" />;
  const kinds = METRICS.filter(({ measure }) =>
    histories.some(({ summaries }) =>
      summaries.some((one) => one !== undefined && measure(one) !== undefined),
    ),
  );
  const kind = kinds.find(({ name }) => name === wanted) ?? kinds[0];
  if (kind === undefined)
    return (
      <Text size="sm" c="dimmed">
        No sample of {slices.length === 1 ? 'the slice' : 'the slices'} has ground truth, so there is no
        accuracy and no loss.
      </Text>
    );
  const series = histories.flatMap(({ summaries }, at): LineSeries[] => {
    const { title } = slices[at]!;
    const points = epochs.flatMap((x, i) => {
      const summary = summaries[i];
      const metric = summary === undefined ? undefined : kind.measure(summary);
      return metric === undefined ? [] : [{ x, ...metric }];
    });
    const bound = (end: 'low' | 'high'): LineSeries => ({
      key: `${at} ${end}`,
      label: `${title}, ${end === 'low' ? 'lower' : 'upper'} end of the interval`,
      color: COLORS[at]!,
      dash: '2 3',
      width: 1,
      points: points.flatMap(({ x, interval }) => (interval === undefined ? [] : [{ x, y: interval[end] }])),
    });
    return [
      {
        key: String(at),
        label: `${title} (n ${count(points.at(-1)?.n ?? 0)})`,
        color: COLORS[at]!,
        points: points.map(({ x, value }) => ({ x, y: value })),
      },
      bound('low'),
      bound('high'),
    ];
  });
  return (
    <Stack gap="xs">
      {kinds.length > 1 && (
        <SegmentedControl
          size="xs"
          aria-label="Metric"
          data={kinds.map(({ name, title }) => ({ value: name, label: title }))}
          value={kind.name}
          onChange={setWanted}
        />
      )}
      <LineChartView
        label={`${kind.title} by epoch`}
        series={series}
        step="epoch"
        lastX={epochCount}
        height={260}
        format={(number) => metricValue(kind.name, number)}
        formatTick={(number) => metricTick(kind.name, number)}
      />
      <Text size="xs" c="dimmed">
        {slices.map(({ title }, at) => (
          <span key={at}>
            <span aria-hidden style={{ color: COLORS[at], fontWeight: 700 }}>
              ●
            </span>{' '}
            {title}{' '}
          </span>
        ))}
        Dashed: intervals of 95%.
        {epochs.length < epochCount && ` ${count(epochs.length)} of ${count(epochCount)} epochs are shown.`}
      </Text>
    </Stack>
  );
}
