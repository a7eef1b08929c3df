import { CustomChart, LineChart, PieChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendPlainComponent, TitleComponent } from 'echarts/components';
import { type ECharts, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([
  CustomChart,
  LineChart,
  PieChart,
  ScatterChart,
  GridComponent,
  LegendPlainComponent,
  TitleComponent,
  SVGRenderer,
]);

/** Creates a chart in an element; it draws SVG. */
export const createChart = (element: HTMLElement): ECharts => init(element, null, { renderer: 'svg' });

/** Returns a drawing as SVG text, without an element. */
export function renderSvg(
  option: Readonly<Record<string, unknown>>,
  { width, height }: { readonly width: number; readonly height: number },
): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption(option);
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}
