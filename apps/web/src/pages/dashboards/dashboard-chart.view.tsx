import { Alert, Text } from '@mantine/core';
import type { Chart } from '@noema/evaluation';
import { useMemo } from 'react';
import { ChartCardView } from '../../parts/charts/chart-card.view.js';
import { counted } from '../../parts/numbers.js';
import { SectionView } from '../../parts/section.view.js';
import type { DashboardField } from './dashboard-fields.js';
import type { ChartResult } from './dashboard-engine.js';
import { chartTitle, toDrawings } from './chart-marks.js';

/** A chart of a dashboard, one card for each value of its facet, or the reason why it cannot be computed. */
export function DashboardChartView({
  chart,
  result,
  fields,
  picked,
  onPick,
}: {
  chart: Chart;
  result: ChartResult;
  fields: readonly DashboardField[];
  /** Condition of the mark of this chart that filters the others. */
  picked: string | undefined;
  onPick: (where: string) => void;
}) {
  const drawings = useMemo(
    () => (result.cells === undefined ? [] : toDrawings(chart, result.cells, fields)),
    [chart, result, fields],
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
          No sample has these values.
        </Text>
      </SectionView>
    );
  return (
    <>
      {drawings.map(({ facet, spec, marks }) => (
        <ChartCardView
          key={facet}
          spec={spec}
          data={marks}
          height={240}
          note={picked === undefined ? countSamples(chart, marks) : 'filters the other charts'}
          {...(marks.some(({ where }) => where !== undefined) && {
            onPick: ({ where }: { where: string | undefined }) => {
              if (where !== undefined) onPick(where);
            },
          })}
        />
      ))}
    </>
  );
}

/** Samples behind a chart whose marks share none. */
const countSamples = (chart: Chart, marks: readonly { readonly n: number }[]): string | undefined =>
  chart.kind === 'reduction' && chart.reduction === 'classes'
    ? undefined
    : counted(
        marks.reduce((sum, { n }) => sum + n, 0),
        'sample',
      );
