import type { Chart, ReductionChart } from '@noema/evaluation';
import type { DashboardField } from './dashboard-fields.js';

/** Reductions that read the scores of the evaluation. */
const SCORE_REDUCTIONS = ['pr', 'roc', 'thresholds', 'calibration', 'confidence', 'regression'] as const;
export type ScoreReduction = (typeof SCORE_REDUCTIONS)[number];

type ScoreChart = ReductionChart & { readonly reduction: ScoreReduction };

export const isScoreChart = (chart: Chart): chart is ScoreChart =>
  chart.kind === 'reduction' && SCORE_REDUCTIONS.some((name) => name === chart.reduction);

const PREFIX = 'score of ';

/** The field with the scores of a class, which the filters of a dashboard know and other filters do not. */
export const scoreField = (className: string): string => `${PREFIX}${className}`;
export const isScoreField = (name: string): boolean => name.startsWith(PREFIX);

/** The versions whose scores charts and filters read; a filter by a score reads the scores of every version. */
export function listScoreVersions(
  charts: readonly Chart[],
  filters: readonly string[],
  versions: readonly string[],
): readonly string[] {
  const read = charts.flatMap((chart) => (isScoreChart(chart) ? chart.versions : []));
  const texts = [...charts.map(({ where }) => where), ...filters];
  return read.length > 0 && texts.some((text) => text.includes(PREFIX)) ? versions : read;
}

/** Whether a chart is of one class against all others. */
export function readsClass({ reduction, className }: ReductionChart, classCount: number): boolean {
  switch (reduction) {
    case 'pr':
    case 'roc':
    case 'thresholds':
      return true;
    case 'calibration':
      return className !== undefined || classCount <= 2;
    default:
      return false;
  }
}

/** The fields with scores that the marks of charts filter by. */
export function listScoreFields(charts: readonly Chart[], classNames: readonly string[]): DashboardField[] {
  const second = (classNames.length === 2 ? classNames[1] : '') || '1';
  const names = charts
    .filter((chart) => isScoreChart(chart) && readsClass(chart, classNames.length))
    .map((chart) => scoreField((chart as ReductionChart).className ?? second));
  return [...new Set(names)].map((name) => ({ name, kind: 'number' }));
}
