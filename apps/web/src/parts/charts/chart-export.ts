import { DomainError } from '@noema/kernel/domain-error';
import { saveFile, saveText } from '../save.js';
import type { ChartProps } from './chart.js';
import { chartLook, seriesColors } from './chart-look.js';
import { toCsv } from './mark-text.js';

export type ChartFormat = 'svg' | 'png' | 'csv';

const SIZE = { width: 800, height: 480 };
/** Pixels of a PNG for each pixel of the drawing. */
const DENSITY = 2;

interface SavedChart extends Pick<ChartProps, 'spec' | 'data'> {
  /** Names of all series, hidden ones too, whose colours stay; the groups of a donut. */
  readonly names: readonly string[];
}

/** Saves a chart as a drawing or a picture with title and legend on white, or its numbers. */
export async function saveChart(format: ChartFormat, { spec, data, names }: SavedChart): Promise<void> {
  if (format === 'csv') {
    saveText(`${spec.title}.csv`, 'text/csv', toCsv(spec, data));
    return;
  }
  const svg = new Blob([await toSvg({ spec, data, names })], { type: 'image/svg+xml' });
  saveFile(`${spec.title}.${format}`, format === 'svg' ? svg : await toPng(svg));
}

async function toSvg({ spec, data: given, names }: SavedChart): Promise<string> {
  if (spec.kind === 'number' || spec.kind === 'table')
    throw new DomainError('unsupported', 'CHART_IS_TEXT', `a ${spec.kind} is text; save it as CSV`);
  const [{ DRAWINGS }, { renderSvg }] = await Promise.all([
    import('./drawings/drawing-registry.js'),
    import('./drawings/echarts.js'),
  ]);
  const data = given.filter(({ value }) => Number.isFinite(value));
  const look = chartLook('light');
  const color = seriesColors(spec, names, 'light');
  const shown = new Set(data.flatMap(({ x, series = '' }) => [String(x), series]));
  const keys = names.filter((name) => name !== '' && shown.has(name));
  const top = keys.length > 0 ? 72 : 44;
  const size = { width: SIZE.width, height: SIZE.height - top };
  const { option } = DRAWINGS[spec.kind]({ spec, data, look, ...size, color });
  const series = option['series'] as readonly object[];
  const text = { color: look.text, fontFamily: 'Inter, system-ui, sans-serif', fontSize: 12 };
  return renderSvg(
    {
      ...option,
      backgroundColor: look.surface,
      grid: { ...(option['grid'] as object), top },
      title: { text: spec.title, left: 12, top: 10, textStyle: { ...text, color: '#13151e', fontSize: 16 } },
      ...(spec.kind !== 'donut' && {
        legend: {
          ...{ data: keys, left: 12, top: 40, textStyle: text, icon: 'roundRect', itemWidth: 12 },
          formatter: (name: string) => `${spec.seriesTitle ?? ''} ${name}`.trim(),
        },
        // A key of the legend needs a series with its name.
        series: [
          ...series,
          ...keys.map((name) => ({ type: 'line', name, data: [], itemStyle: { color: color(name) } })),
        ],
      }),
      ...(spec.kind === 'donut' && {
        legend: { left: 12, top: 40, orient: 'vertical', textStyle: text },
      }),
    },
    SIZE,
  );
}

async function toPng(svg: Blob): Promise<Blob> {
  const url = URL.createObjectURL(svg);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = SIZE.width * DENSITY;
    canvas.height = SIZE.height * DENSITY;
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => {
      canvas.toBlob((blob) => {
        if (blob === null)
          reject(new DomainError('internal', 'PICTURE_FAILED', 'the browser gave no picture'));
        else resolve(blob);
      }, 'image/png');
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}
