import type { ReductionChart } from '@noema/evaluation';
import { SCORE_SPECS } from '../../features/evaluation/score-charts.js';
import type { ChartSpec } from '../../parts/charts/chart.js';
import { value } from '../../parts/numbers.js';
import { chartTitle } from './chart-marks.js';
import type { DashboardDrawing } from './dashboard-mark.js';
import type { ScoreMarks } from './score-marks.js';

/** Errors of a regression are numbers with names. */
const ERRORS: ChartSpec = {
  kind: 'table',
  title: '',
  x: { title: 'metric' },
  value: { title: 'value', format: value },
};

/** The drawings of the scores of versions: curves on top of each other, histograms and tables of each version. */
export function drawScores(chart: ReductionChart, versions: readonly ScoreMarks[]): DashboardDrawing[] {
  const { reduction, interval } = chart;
  const title = chartTitle(chart);
  const isErrors = reduction === 'regression';
  const spec: ChartSpec = {
    ...(isErrors ? ERRORS : SCORE_SPECS[reduction as keyof typeof SCORE_SPECS]),
    title,
    // The errors of a regression have intervals of 95 %.
    confidence: isErrors ? 95 : interval,
    ...(reduction === 'calibration' &&
      chart.className !== undefined && {
        x: { ...SCORE_SPECS.calibration.x, title: `mean score of ${chart.className}` },
        value: { ...SCORE_SPECS.calibration.value, title: `share of ${chart.className}` },
      }),
  };
  const named = versions.map((one, at) => ({ ...one, version: chart.versions[at]! }));
  const drawn = named.filter(({ marks }) => marks.length > 0);
  if (named.length === 1 || drawn.length === 0)
    return drawn.map(({ marks, note }) => ({ facet: '', spec, marks, note }));
  if (isErrors || reduction === 'confidence')
    return drawn.map(({ version, marks, note }) => ({
      facet: version,
      spec: { ...spec, title: `${title}, ${version}` },
      marks,
      note,
    }));
  return [
    {
      facet: '',
      spec,
      marks: drawn.flatMap(({ marks }) =>
        marks.map((mark) => ({
          ...mark,
          series: mark.series === undefined ? mark.version : `${mark.series}, ${mark.version}`,
        })),
      ),
      note: named.map(({ version, note, reason }) => `${version}: ${reason ?? note}`).join(' · '),
    },
  ];
}
