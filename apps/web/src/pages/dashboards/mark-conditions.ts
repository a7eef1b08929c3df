import { formatField, formatText } from '@noema/kernel/filter-language';
import {
  type Axis,
  type ChartCell,
  columnName,
  type Level,
  type MarkChart,
  type ScatterChart,
} from '@noema/evaluation';
import type { DashboardField } from './dashboard-fields.js';
import { PRECISION } from './reduced-cells.js';

/** Fields of the samples themselves, which both versions share. */
const OF_SAMPLES = /^(?:truth|true_class|split|version|run|epoch|metadata\..*)$/;

/**
 * The condition that the samples of a cell meet in the current version. Undefined for a cell of all samples, and for
 * a cell of the previous version that depends on its outputs: the current version has others.
 */
export function conditionFor(
  chart: MarkChart | ScatterChart,
  cell: ChartCell,
  fields: readonly DashboardField[],
  own: readonly string[],
): string | undefined {
  const known = new Map(fields.map((field) => [field.name, field.kind]));
  const axes = (['facet', 'y', 'x', 'color'] as const).flatMap((name) => {
    const [axis, level] = [chart[name], cell[name]];
    return axis === undefined || level === undefined ? [] : [{ axis: groupAxis(axis, cell), level }];
  });
  const isShared = own.length === 0 && axes.every(({ axis }) => OF_SAMPLES.test(axis.field));
  if (cell.version !== 'current' && !isShared) return undefined;
  const parts = axes.flatMap(({ axis, level }) => levelCondition(axis, level, known));
  if (parts.length === 0 || parts.includes(undefined)) return undefined;
  return [...own.map((text) => `(${text})`), ...parts].join(' AND ');
}

/** The field of a group: a precision counts the predictions of a class instead of its samples. */
const groupAxis = (axis: Axis, { color }: ChartCell): Axis =>
  axis.field === 'true_class' && color?.name === PRECISION ? { ...axis, field: 'predicted_class' } : axis;

function levelCondition(
  { field }: Axis,
  level: Level,
  known: ReadonlyMap<string, DashboardField['kind']>,
): (string | undefined)[] {
  const name = columnName(field, known as never);
  const kind = known.get(name);
  // Of all samples of a version, such as its epoch.
  if (kind === undefined) return [];
  const written = formatField(name);
  if (level.low !== undefined && level.high !== undefined)
    return level.low === level.high
      ? [`${written} = ${level.low}`]
      : [`${written} >= ${level.low}`, `${written} <= ${level.high}`];
  // A filter has no infinite numbers.
  if (kind === 'number' && !Number.isFinite(Number(level.name))) return [undefined];
  return [`${written} = ${kind === 'text' ? formatText(level.name) : level.name}`];
}
