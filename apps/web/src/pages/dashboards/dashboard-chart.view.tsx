import { Alert, Text } from '@mantine/core';
import { useMemo } from 'react';
import { ChartCardView } from '../../parts/charts/chart-card.view.js';
import { counted } from '../../parts/numbers.js';
import { SectionView } from '../../parts/section.view.js';
import type { DashboardField } from './dashboard-fields.js';
import type { ChartCall, ChartResult } from './dashboard-engine.js';
import { chartTitle, toDrawings } from './chart-marks.js';
import type { DashboardMark } from './dashboard-mark.js';
import { drawScores } from './score-drawings.js';

/** A chart of a dashboard, one card for each value of its facet, or the reason why it cannot be computed. */
export function DashboardChartView({
  call: { chart, own },
  result,
  fields,
  picked,
  onPick,
}: {
  call: ChartCall;
  result: ChartResult;
  fields: readonly DashboardField[];
  /** Condition of the mark of this chart that filters the others. */
  picked: string | undefined;
  onPick: (where: string) => void;
}) {
  const drawings = useMemo(
    () =>
      result.scores !== undefined && chart.kind === 'reduction'
        ? drawScores(chart, result.scores)
        : toDrawings(chart, result.cells ?? [], fields, own, result.samples),
    [chart, own, result, fields],
  );
  if (result.fault !== undefined)
    return (
      <SectionView title={chartTitle(chart)}>
        <Alert color="red" title="This chart cannot be computed">
          {result.fault.message}
        </Alert>
      </SectionView>
    );
  if (drawings.length === 0)
    return (
      <SectionView title={chartTitle(chart)}>
        <Text size="sm" c="dimmed">
          {result.scores?.find(({ reason }) => reason !== undefined)?.reason ?? 'No sample has these values.'}
        </Text>
      </SectionView>
    );
  return (
    <>
      {drawings.map(({ facet, spec, marks, note }) => (
        <ChartCardView
          key={facet}
          spec={spec}
          data={marks}
          height={240}
          note={
            picked !== undefined
              ? 'filters the other charts'
              : note !== undefined || sharesSamples(chart)
                ? undefined
                : countSamples(marks)
          }
          {...(marks.some(({ where }) => where !== undefined) && {
            onPick: ({ where }: { where: string | undefined }) => {
              if (where !== undefined) onPick(where);
            },
          })}
        >
          {note !== undefined && (
            <Text size="xs" c="dimmed" mt={4}>
              {note}
            </Text>
          )}
        </ChartCardView>
      ))}
    </>
  );
}

/** Whether a sample is in several marks. */
const sharesSamples = (chart: ChartCall['chart']): boolean =>
  chart.kind === 'reduction' && (chart.reduction === 'classes' || chart.normalize !== 'none');

/** Samples behind a chart, of each version on its own, because the versions share them. */
function countSamples(marks: readonly DashboardMark[]): string {
  const counts = new Map<string, number>();
  for (const { version, n } of marks) counts.set(version, (counts.get(version) ?? 0) + n);
  const different = new Set(counts.values());
  const [first = 0] = different;
  if (different.size > 1)
    return [...counts].map(([version, n]) => `${version}: ${counted(n, 'sample')}`).join(', ');
  return counted(first, 'sample') + (counts.size > 1 ? ' in each version' : '');
}
