import { type Rgb, toCss } from '../../scales/scales.js';
import type { ChartLook } from './drawing.js';

/** Colors from the smallest to the largest number of a chart. */
export interface ColorScale {
  /** The smallest number and the largest one, as texts. */
  readonly low: string;
  readonly high: string;
  /** Color of a share, 0 to 1, of the way from the smallest number to the largest one. */
  readonly toColor: (share: number) => Rgb;
}

/** Pixels between the chart, the bar and its texts; width of the bar and of a character. */
const [GAP, BAR_WIDTH, CHARACTER_WIDTH] = [6, 10, 7];
const STOPS = 9;

/** Width of a scale to the right of a chart, in pixels. */
export const scaleWidth = ({ low, high }: ColorScale): number =>
  2 * GAP + BAR_WIDTH + CHARACTER_WIDTH * Math.max(low.length, high.length);

/** A series that draws the scale at the height of the chart, its smallest number at the bottom. */
export const scaleSeries = ({ low, high, toColor }: ColorScale, { text, font }: ChartLook) => ({
  type: 'custom',
  silent: true,
  clip: false,
  data: [[0, 0]],
  renderItem: ({ coordSys }: { coordSys: Record<'x' | 'y' | 'width' | 'height', number> }) => {
    const { x, y, width, height } = coordSys;
    const left = x + width + GAP;
    const colorStops = Array.from({ length: STOPS }, (_, at) => ({
      offset: at / (STOPS - 1),
      color: toCss(toColor(at / (STOPS - 1))),
    }));
    const label = (value: string, top: number, verticalAlign: 'top' | 'bottom') => ({
      type: 'text',
      style: {
        ...{ text: value, fill: text, font: `12px ${font}`, x: left + BAR_WIDTH + GAP, y: top },
        ...{ align: 'left', verticalAlign },
      },
    });
    return {
      type: 'group',
      children: [
        {
          type: 'rect',
          shape: { x: left, y, width: BAR_WIDTH, height },
          style: { fill: { type: 'linear', x: 0, y: 1, x2: 0, y2: 0, colorStops } },
        },
        label(high, y, 'top'),
        label(low, y + height, 'bottom'),
      ],
    };
  },
});
