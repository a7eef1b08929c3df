import {
  type Aggregate,
  type Chart,
  type ChartCell,
  type Level,
  type MarkChart,
  type ReductionChart,
  type ScatterChart,
} from '@noema/evaluation';
import { capitalised } from '../../parts/capitalised.js';
import type { ChartSpec } from '../../parts/charts/chart.js';
import { count, counted, metricTick, percent, value as numberText } from '../../parts/numbers.js';
import { plainName } from '../../parts/plain-name.js';
import type { DrawnSamples } from './dashboard-engine.js';
import type { DashboardField } from './dashboard-fields.js';
import type { DashboardDrawing, DashboardMark } from './dashboard-mark.js';
import { conditionFor } from './mark-conditions.js';
import { toMarkChart } from './reduced-cells.js';

const fieldTitle = (field: string): string => plainName(field.replace(/^metadata\./, ''));

/** A number of samples in words: `mean loss`. */
function describeAggregate({ name, field }: Aggregate): string {
  if (field === undefined) return 'number of samples';
  if (name === 'mean' && field === 'correct') return 'share of correct samples';
  const words = { count: 'number of', mean: 'mean', sum: 'sum of', min: 'smallest', max: 'largest' };
  return `${words[name]} ${fieldTitle(field)}`;
}

const REDUCTION_TITLES: Readonly<Record<ReductionChart['reduction'], string>> = {
  confusion: 'Confusion matrix',
  classes: 'Precision, recall and F1',
  pr: 'Precision and recall',
  roc: 'ROC',
  calibration: 'Calibration',
  confidence: 'Confidence',
  thresholds: 'Thresholds',
  regression: 'Errors of the prediction',
};

/** Title of a chart: its own, or one of its words. */
export function chartTitle(chart: Chart): string {
  if (chart.title !== '') return chart.title;
  if (chart.kind === 'reduction')
    return (
      REDUCTION_TITLES[chart.reduction] + (chart.className === undefined ? '' : ` of ${chart.className}`)
    );
  if (chart.kind === 'scatter')
    return capitalised(`${fieldTitle(chart.y.field)} against ${fieldTitle(chart.x.field)}`);
  const axes = [chart.y, chart.x, chart.color].filter((axis) => axis !== undefined);
  const by = axes.map(({ field }) => fieldTitle(field)).join(' and ');
  return capitalised(`${describeAggregate(chart.value)}${by === '' ? '' : ` by ${by}`}`);
}

/** The drawings of the cells of a chart; `own` are the conditions of the chart itself. */
export function toDrawings(
  chart: Chart,
  cells: readonly ChartCell[],
  fields: readonly DashboardField[],
  own: readonly string[] = [],
  samples: readonly DrawnSamples[] = [],
): DashboardDrawing[] {
  const drawn = chart.kind !== 'reduction' ? chart : toMarkChart(chart);
  if (drawn === undefined) return [];
  const isShare = readsShare(chart, fields);
  const format = isShare ? percent : numberText;
  const hasVersions = new Set(cells.map(({ version }) => version)).size > 1;
  // A cell has one colour, so that each version needs a heat map of its own.
  const hasMaps = hasVersions && drawn.mark === 'heatmap' && !divides(drawn, 'version');
  const findFacet = ({ facet, version }: ChartCell): string =>
    [facet?.name ?? '', hasMaps ? version : ''].filter((name) => name !== '').join(', ');
  const facets = [...new Set(cells.map(findFacet))];
  const order = orderGroups(cells);
  const halfStep = findStep(order) / 2;
  const spec: ChartSpec = {
    kind: chart.kind === 'reduction' && chart.reduction === 'confusion' ? 'confusion' : drawn.mark,
    title: chartTitle(chart),
    x: { title: drawn.x === undefined ? '' : fieldTitle(drawn.x.field), order },
    value: {
      title:
        chart.kind === 'scatter'
          ? fieldTitle(chart.y.field)
          : chart.kind === 'mark'
            ? describeAggregate(drawn.value)
            : chart.reduction === 'classes'
              ? 'value'
              : chart.normalize === 'none'
                ? 'count'
                : `share of ${chart.normalize}`,
      format: isShare ? (number) => metricTick('accuracy', number) : format,
      ...(isShare && { limits: [0, 1] as const }),
    },
    rowTitle: drawn.y && drawn.mark !== 'scatter' ? fieldTitle(drawn.y.field) : undefined,
    seriesTitle: drawn.color && fieldTitle(drawn.color.field),
    confidence: chart.interval,
  };
  const note = chart.kind === 'scatter' ? describeSamples(chart, samples) : undefined;
  return facets.map((facet) => ({
    facet,
    note,
    spec: facet === '' ? spec : { ...spec, title: `${spec.title}, ${facet}` },
    marks: cells
      .filter((cell) => findFacet(cell) === facet)
      .map((cell) => toMark(drawn, cell, { fields, own, halfStep, hasVersions: hasVersions && !hasMaps })),
  }));
}

/** How many samples a scatter draws, of how many, and which it leaves out; of each version where they differ. */
function describeSamples({ seed, x, y }: ScatterChart, samples: readonly DrawnSamples[]): string {
  const texts = samples.map(({ version, drawn, total, without }) => [
    version,
    (drawn < total
      ? `${count(drawn)} of ${counted(total, 'sample')}, drawn at random with seed ${seed}`
      : `all ${counted(total, 'sample')}`) +
      (without > 0
        ? `; ${count(without)} without a finite ${fieldTitle(x.field)}, ${fieldTitle(y.field)} or group left out`
        : ''),
  ]);
  const different = new Set(texts.map(([, text]) => text));
  if (different.size > 1) return `${texts.map(([version, text]) => `${version}: ${text}`).join('. ')}.`;
  return capitalised(`${[...different].join('')}${samples.length > 1 ? ' in each version' : ''}.`);
}

/** Names of the groups along x: numbers rise, names have the order of their field. */
function orderGroups(cells: readonly ChartCell[]): string[] {
  const levels = new Map(cells.flatMap(({ x }) => (x === undefined ? [] : [[x.name, x] as const])));
  const isNumber = [...levels.keys()].every((name) => Number.isFinite(Number(name)));
  const place = ({ name, low, at }: Level): number => (isNumber ? Number(name) : (low ?? at ?? 0));
  return [...levels.values()].toSorted((a, b) => place(a) - place(b)).map(({ name }) => name);
}

/** Smallest distance of rising numbers; 1 for fewer than two. */
function findStep(names: readonly string[]): number {
  const steps = names.slice(1).map((name, i) => Number(name) - Number(names[i]));
  const step = Math.min(...steps.filter((one) => one > 0));
  return Number.isFinite(step) ? step : 1;
}

const divides = (chart: MarkChart | ScatterChart, field: string): boolean =>
  [chart.x, chart.y, chart.color, chart.facet].some((axis) => axis?.field === field);

function readsShare(chart: Chart, fields: readonly DashboardField[]): boolean {
  if (chart.kind === 'reduction') return chart.reduction === 'classes' || chart.normalize !== 'none';
  return (
    chart.value.name === 'mean' &&
    fields.some(({ name, kind }) => kind === 'boolean' && name === chart.value.field)
  );
}

function toMark(
  chart: MarkChart | ScatterChart,
  cell: ChartCell,
  {
    fields,
    own,
    halfStep,
    hasVersions,
  }: {
    fields: readonly DashboardField[];
    own: readonly string[];
    /** Half the width of the bar of a single number. */
    halfStep: number;
    hasVersions: boolean;
  },
): DashboardMark {
  const { x, y, color, version, value, n, interval } = cell;
  const series = [color?.name, hasVersions && !divides(chart, 'version') ? version : undefined].filter(
    (name) => name !== undefined,
  );
  return {
    x: x === undefined ? '' : placeOnAxis(chart, x),
    row: chart.mark === 'scatter' ? undefined : y?.name,
    series: series.length === 0 ? undefined : series.join(', '),
    version,
    value,
    n,
    interval,
    ...(chart.mark === 'histogram' && x !== undefined && histogramEnds(x, halfStep)),
    notes:
      x?.low === undefined || chart.mark === 'scatter'
        ? undefined
        : [`${fieldTitle(chart.x!.field)} ${x.name}`],
    where: conditionFor(chart, cell, fields, own),
  };
}

/** Bins of a line lie at their middle; all other groups are names. */
function placeOnAxis(
  { mark, x: axis }: MarkChart | ScatterChart,
  { name, low, high }: Level,
): string | number {
  if (mark !== 'line' && mark !== 'area' && mark !== 'scatter') return name;
  if (low !== undefined && high !== undefined) return (low + high) / 2;
  return axis !== undefined && name.trim() !== '' && Number.isFinite(Number(name)) ? Number(name) : name;
}

function histogramEnds({ name, edges }: Level, halfStep: number): { low?: number; high?: number } {
  if (edges !== undefined) return { low: edges[0], high: edges[1] };
  const number = Number(name);
  return Number.isFinite(number) ? { low: number - halfStep, high: number + halfStep } : {};
}
