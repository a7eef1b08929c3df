import {
  type Axis,
  type Chart,
  type ChartCell,
  columnName,
  formatAggregate,
  type Level,
  type MarkChart,
} from '@noema/evaluation';
import type { ChartMark, ChartSpec } from '../../parts/charts/chart.js';
import { metricTick, percent, value as numberText } from '../../parts/numbers.js';
import { plainName } from '../../parts/plain-name.js';
import type { DashboardField } from './dashboard-fields.js';
import { toMarkChart } from './reduced-cells.js';

/** A mark of a dashboard with the condition that its samples meet. */
export interface DashboardMark extends ChartMark {
  /** Filter of docs/filters.md; undefined for a mark of all samples of its chart. */
  readonly where: string | undefined;
}

/** A drawing of a chart, one for each value of its facet. */
export interface DashboardDrawing {
  /** Value of the facet; empty without one. */
  readonly facet: string;
  readonly spec: ChartSpec;
  readonly marks: readonly DashboardMark[];
}

const fieldTitle = (field: string): string => plainName(field.replace(/^metadata\./, ''));

/** Title of a chart: its own, or one of its words. */
export function chartTitle(chart: Chart): string {
  if (chart.title !== '') return chart.title;
  if (chart.kind === 'reduction') return chart.reduction;
  const axes = [chart.y, chart.x, chart.color].filter((axis) => axis !== undefined);
  const by = axes.map(({ field }) => fieldTitle(field)).join(' and ');
  return `${formatAggregate(chart.value)}${by === '' ? '' : ` by ${by}`}`;
}

/** The drawings of the cells of a chart. */
export function toDrawings(
  chart: Chart,
  cells: readonly ChartCell[],
  fields: readonly DashboardField[],
): DashboardDrawing[] {
  const drawn = chart.kind === 'mark' ? chart : toMarkChart(chart);
  if (drawn === undefined) return [];
  const isShare = readsShare(chart, fields);
  const format = isShare ? percent : numberText;
  const hasVersions = new Set(cells.map(({ version }) => version)).size > 1;
  const facets = [...new Set(cells.map(({ facet }) => facet?.name ?? ''))];
  const spec: ChartSpec = {
    kind: chart.kind === 'reduction' && chart.reduction === 'confusion' ? 'confusion' : drawn.mark,
    title: chartTitle(chart),
    x: { title: drawn.x === undefined ? '' : fieldTitle(drawn.x.field) },
    value: {
      title:
        chart.kind === 'mark'
          ? formatAggregate(drawn.value)
          : chart.reduction === 'classes'
            ? 'value'
            : chart.normalize === 'none'
              ? 'count'
              : `share of ${chart.normalize}`,
      format: isShare ? (number) => metricTick('accuracy', number) : format,
    },
    rowTitle: drawn.y && fieldTitle(drawn.y.field),
    confidence: chart.interval,
  };
  return facets.map((facet) => ({
    facet,
    spec: facet === '' ? spec : { ...spec, title: `${spec.title}, ${facet}` },
    marks: cells
      .filter((cell) => (cell.facet?.name ?? '') === facet)
      .map((cell) => toMark(drawn, cell, { fields, hasVersions })),
  }));
}

function readsShare(chart: Chart, fields: readonly DashboardField[]): boolean {
  if (chart.kind === 'reduction') return chart.reduction === 'classes' || chart.normalize !== 'none';
  return (
    chart.value.name === 'mean' &&
    fields.some(({ name, kind }) => kind === 'boolean' && name === chart.value.field)
  );
}

function toMark(
  chart: MarkChart,
  cell: ChartCell,
  { fields, hasVersions }: { fields: readonly DashboardField[]; hasVersions: boolean },
): DashboardMark {
  const { x, y, color, version, value, n, interval } = cell;
  const isVersionShown = [chart.x, chart.y, chart.color, chart.facet].some(
    (axis) => axis?.field === 'version',
  );
  const series = [color?.name, hasVersions && !isVersionShown ? version : undefined].filter(
    (name) => name !== undefined,
  );
  return {
    x: x === undefined ? '' : placeOnAxis(chart, x),
    row: y?.name,
    series: series.length === 0 ? undefined : series.join(', '),
    value,
    n,
    interval,
    ...(chart.mark === 'histogram' && x !== undefined && histogramEnds(x)),
    notes: x?.low === undefined ? undefined : [`${fieldTitle(chart.x!.field)} ${x.name}`],
    where: conditionFor(chart, cell, fields),
  };
}

/** Bins of a line lie at their middle; all other groups are names. */
function placeOnAxis({ mark, x: axis }: MarkChart, { name, low, high }: Level): string | number {
  if (mark !== 'line' && mark !== 'area') return name;
  if (low !== undefined && high !== undefined) return (low + high) / 2;
  return axis !== undefined && name.trim() !== '' && Number.isFinite(Number(name)) ? Number(name) : name;
}

function histogramEnds({ name, low, high }: Level): { low?: number; high?: number } {
  if (low !== undefined && high !== undefined) return { low, high };
  const number = Number(name);
  return Number.isFinite(number) ? { low: number - 0.5, high: number + 0.5 } : {};
}

/** The condition that the samples of a cell meet; undefined for a cell of all samples. */
export function conditionFor(
  chart: MarkChart,
  cell: ChartCell,
  fields: readonly DashboardField[],
): string | undefined {
  const known = new Map(fields.map((field) => [field.name, field.kind]));
  const parts = (['facet', 'y', 'x', 'color'] as const).flatMap((name) => {
    const [axis, level] = [chart[name], cell[name]];
    return axis === undefined || level === undefined ? [] : levelCondition(axis, level, known);
  });
  return parts.length === 0 ? undefined : parts.join(' AND ');
}

function levelCondition(
  { field }: Axis,
  level: Level,
  known: ReadonlyMap<string, DashboardField['kind']>,
): string[] {
  const name = columnName(field, known as never);
  const kind = known.get(name);
  // Of all samples of a version, such as its epoch.
  if (kind === undefined) return [];
  const written = /^[A-Za-z_][\w.]*$/.test(name) ? name : JSON.stringify(name);
  if (level.low !== undefined && level.high !== undefined)
    return level.low === level.high
      ? [`${written} = ${level.low}`]
      : [`${written} >= ${level.low}`, `${written} <= ${level.high}`];
  return [`${written} = ${kind === 'text' ? JSON.stringify(level.name) : level.name}`];
}
