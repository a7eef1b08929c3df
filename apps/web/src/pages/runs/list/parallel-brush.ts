import type { RunAxis } from './parallel-axes.js';
import type { RunListState, RunRange } from './run-list.state.js';
import { readSettingColumn } from './run-columns.js';

type Filters = Pick<RunListState, 'ranges' | 'settings'>;

/** A part of an axis that filters the runs, both ends included. */
export interface Brush {
  readonly low: number;
  readonly high: number;
}

/** The chosen part of an axis; undefined without one. Of names it spans the chosen values. */
export function findBrush({ key, names }: RunAxis, { ranges, settings }: Filters): Brush | undefined {
  if (names === undefined) {
    const range = ranges.find(([column]) => column === key);
    return range && { low: range[1], high: range[2] };
  }
  const setting = readSettingColumn(key);
  const chosen = settings
    .filter(([name]) => name === setting)
    .map(([, value]) => names.indexOf(value))
    .filter((at) => at >= 0);
  return chosen.length === 0 ? undefined : { low: Math.min(...chosen), high: Math.max(...chosen) };
}

/** The filters with another part of an axis: numbers as a range, names as values of the setting. */
export function putBrush(axis: RunAxis, brush: Brush | undefined, { ranges, settings }: Filters): Filters {
  const { key, names, low, high } = axis;
  // The whole axis is no filter: runs without a value stay.
  const isWhole = brush === undefined || (brush.low <= low && brush.high >= high);
  if (names === undefined) {
    const others = ranges.filter(([column]) => column !== key);
    return { settings, ranges: isWhole ? others : [...others, [key, brush.low, brush.high] as RunRange] };
  }
  const setting = readSettingColumn(key);
  const others = settings.filter(([name]) => name !== setting);
  if (isWhole || setting === undefined) return { ranges, settings: others };
  return {
    ranges,
    settings: [...others, ...names.slice(brush.low, brush.high + 1).map((name) => [setting, name] as const)],
  };
}
