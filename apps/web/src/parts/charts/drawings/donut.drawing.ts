import { base } from './axes.js';
import type { DrawChart } from './drawing.js';

const [INNER, OUTER] = [0.58, 0.9];

/** Shares of a whole; negative numbers are left out by the library. */
export const drawDonut: DrawChart = (input) => {
  const { data, look, width, height, color } = input;
  const radius = Math.min(width, height) / 2;
  const total = data.reduce((sum, { value }) => sum + Math.max(0, value), 0);
  const middles: number[] = [];
  let before = 0;
  for (const { value } of data) {
    middles.push((before + Math.max(0, value) / 2) / (total || 1));
    before += Math.max(0, value);
  }
  return {
    option: {
      ...base(input),
      series: [
        {
          type: 'pie',
          radius: [radius * INNER, radius * OUTER],
          label: { show: false },
          emphasis: { scale: false },
          itemStyle: { borderColor: look.surface, borderWidth: 1.5 },
          data: data.map(({ x, value }, mark) => ({
            name: String(x),
            value: Math.max(0, value),
            mark,
            itemStyle: { color: color(String(x)) },
          })),
        },
      ],
    },
    place: (mark) => {
      const angle = middles[mark]! * 2 * Math.PI;
      const away = (radius * (INNER + OUTER)) / 2;
      return { pixel: [width / 2 + away * Math.sin(angle), height / 2 - away * Math.cos(angle)] };
    },
    picksNearest: false,
  };
};
