import { axisPosition, type SeriesAxis } from '@noema/integration/visuals';
import { value } from '../../parts/numbers.js';

const TICKS = 4;

/** Text of the position of a step: with its unit, a date for the unit `date`, or its number without an axis. */
export function axisText(axis: SeriesAxis | undefined, step: number): string {
  const position = axisPosition(axis, step);
  if (axis === undefined) return String(position);
  const { unit = '' } = axis;
  if (unit === 'date') return dateText(position);
  return unit === '' ? value(position) : `${value(position)} ${unit}`;
}

/** Positions that are written below a series, the first and the last among them; `share` is 0 to 1. */
export function axisTicks(
  axis: SeriesAxis | undefined,
  steps: number,
): { readonly share: number; readonly text: string }[] {
  if (steps < 2) return [];
  const [first, last] = [axisPosition(axis, 0), axisPosition(axis, steps - 1)];
  const count = Math.min(TICKS, steps);
  return Array.from({ length: count }, (_, tick) => Math.round((tick * (steps - 1)) / (count - 1))).map(
    (step) => ({
      share: last === first ? 0 : (axisPosition(axis, step) - first) / (last - first),
      text: axisText(axis, step),
    }),
  );
}

/** A moment as `2024-03-01`, with the time of day unless it is midnight, in UTC. */
function dateText(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return value(ms);
  const text = date.toISOString();
  return ms % 86_400_000 === 0 ? text.slice(0, 10) : text.slice(0, 16).replace('T', ' ');
}
