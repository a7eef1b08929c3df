import { categoryColor, toCss } from '../scales/scales.js';
import type { ChartSpec } from './chart.js';
import type { ChartLook } from './drawings/drawing.js';

/** The library parses colours itself and cannot read variables of style sheets. */
const LOOKS: Readonly<Record<ChartLook['ground'], ChartLook>> = {
  light: {
    ground: 'light',
    ink: '#13151e',
    text: '#5b6270',
    line: '#dee2e6',
    surface: '#ffffff',
    font: 'Inter Variable',
  },
  dark: {
    ground: 'dark',
    ink: '#ffffff',
    text: '#9ba1b1',
    line: '#4a5064',
    surface: '#1b1e2a',
    font: 'Inter Variable',
  },
};

/** Colour of a chart with one series. */
const SINGLE = { light: '#2759dd', dark: '#7497ea' } as const;

export const chartLook = (ground: ChartLook['ground']): ChartLook => LOOKS[ground];

/** Returns the colour of each series. */
export function seriesColors(
  { colors }: ChartSpec,
  names: readonly string[],
  ground: ChartLook['ground'],
): (name: string) => string {
  const palette = new Map(names.map((name, index) => [name, toCss(categoryColor(index, ground))]));
  return (name) => colors?.[name] ?? (name === '' ? SINGLE[ground] : (palette.get(name) ?? SINGLE[ground]));
}
