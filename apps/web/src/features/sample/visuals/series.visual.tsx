import { SeriesView } from '../series.view.js';
import { jsonMediaType, short, type VisualKind } from './visual-kind.js';

export interface SeriesVisual {
  readonly kind: 'series';
  readonly series: Readonly<Record<string, readonly number[]>>;
}

/** Lines over a common axis. */
export const seriesKind: VisualKind<SeriesVisual> = {
  key: 'series',
  mediaType: jsonMediaType('series'),
  read: (text) => ({ kind: 'series', ...(JSON.parse(text) as { series: Record<string, number[]> }) }),
  snippet: ({ series }) =>
    Object.entries(series)
      .map(([name, values]) => `${name} ${values.slice(0, 8).map(short).join(' ')}`)
      .join('\n'),
  draw: ({ series }, height) => <SeriesView series={series} height={Math.min(height, 260)} />,
};
