import { classAnchors, drawingOrder, fit, type MapData } from './map-layout.js';
import {
  classColor,
  dotDiameter,
  FAINT,
  highestLoss,
  INK,
  LINE,
  lossColor,
  LOWEST_LOSS,
  lossShare,
} from './palette.js';
import { document, heading, px, rect, text } from './svg.js';

const WIDTH = 1200;
const HEIGHT = 960;
const FRAME = { left: 40, top: 110, width: 930, height: 790 };
const LEGEND_X = 1010;
const STEPS = 24;

export interface MapPicture {
  readonly data: MapData;
  readonly colorBy: 'loss' | 'label';
  readonly title: string;
  readonly below: string;
  /** One line below the map: how far it can be trusted. */
  readonly footer: string;
}

/**
 * Draws one dot a sample as SVG: size is the loss, color the loss or the label; misclassified samples of a
 * label map have a dark ring.
 */
export function drawMap({ data, colorBy, title, below, footer }: MapPicture): string {
  const place = fit(data, FRAME);
  const highest = highestLoss(data.loss);
  const share = (row: number): number => Math.round(lossShare(data.loss[row]!, highest) * STEPS) / STEPS;
  const color = (row: number): string =>
    colorBy === 'loss' ? lossColor(share(row)) : classColor(data.label[row]!);
  const misclassified = (row: number): boolean =>
    data.label[row]! >= 0 && data.label[row] !== data.predicted[row];
  const names = classAnchors(data, place).map(({ name, at }) =>
    text(at[0], at[1] + 10, name, { size: 30, weight: 700, anchor: 'middle', halo: true }),
  );
  return document(WIDTH, HEIGHT, { title, description: `${below}. ${footer}` }, [
    heading(title, below),
    `<g fill="none" stroke-linecap="round">${dots(
      drawingOrder(data.loss),
      (row) => {
        const size = dotDiameter(share(row));
        const ring = colorBy === 'label' && misclassified(row) ? [[INK, size + 2.4] as const] : [];
        return [...ring, [color(row), size] as const];
      },
      place,
    )}</g>`,
    ...names,
    ...(colorBy === 'loss' ? lossLegend(highest) : labelLegend(data)),
    text(40, HEIGHT - 24, footer, { size: 14, fill: FAINT }),
  ]);
}

/** Runs of equal dots become one path, which makes a tenth of the bytes of single circles. */
function dots(
  order: readonly number[],
  look: (row: number) => readonly (readonly [string, number])[],
  place: (row: number) => readonly [number, number],
): string {
  const paths: string[] = [];
  let [key, path] = ['', ''];
  const flush = (): void => {
    if (path !== '') paths.push(`<path ${key} d="${path}"/>`);
  };
  for (const row of order) {
    for (const [stroke, width] of look(row)) {
      const next = `stroke="${stroke}" stroke-width="${width}"${width > 6 ? ' stroke-opacity=".9"' : ''}`;
      if (next !== key) {
        flush();
        [key, path] = [next, ''];
      }
      const [x, y] = place(row);
      path += `M${px(x)} ${px(y)}h0`;
    }
  }
  flush();
  return paths.join('\n');
}

function lossLegend(highest: number): string[] {
  const [top, height] = [150, 300];
  const bands = Array.from({ length: 60 }, (_, i) =>
    rect(
      { x: LEGEND_X, y: top + (height * i) / 60, width: 18, height: height / 60 + 0.5 },
      lossColor(1 - i / 59),
    ),
  );
  const ticks = [0.001, 0.01, 0.1, 1, 10]
    .filter((loss) => loss <= Math.max(highest, 1))
    .map((loss) => {
      const share = lossShare(loss, highest);
      const y = top + height * (1 - share);
      const size = dotDiameter(share);
      const label = loss <= LOWEST_LOSS ? `≤ ${loss}` : String(loss);
      return (
        `<circle cx="${LEGEND_X + 42}" cy="${px(y)}" r="${px(size / 2)}" ` +
        `fill="${lossColor(share)}"/>${text(LEGEND_X + 62, y + 5, label, { fill: FAINT })}`
      );
    });
  return [
    text(LEGEND_X, 128, 'Loss', { weight: 700 }),
    ...bands,
    ...ticks,
    ...note(
      ['Every dot is a sample.', 'Big and dark: the model', 'is wrong about it.', 'Names: the true class.'],
      500,
    ),
  ];
}

function labelLegend({ classNames }: MapData): string[] {
  const entries = classNames.map(
    (name, i) =>
      `<circle cx="${LEGEND_X + 8}" cy="${148 + i * 26}" r="7" ` +
      `fill="${classColor(i)}"/>${text(LEGEND_X + 26, 153 + i * 26, name)}`,
  );
  const y = 160 + classNames.length * 26;
  return [
    text(LEGEND_X, 128, 'Label', { weight: 700 }),
    ...entries,
    `<circle cx="${LEGEND_X + 8}" cy="${y}" r="6" fill="#fff" stroke="${INK}" ` +
      `stroke-width="1.6"/>${text(LEGEND_X + 26, y + 5, 'misclassified', { fill: FAINT })}`,
    ...note(['Every dot is a sample.', 'Size is the loss.'], y + 50),
  ];
}

const note = (lines: readonly string[], y: number): string[] => [
  rect({ x: LEGEND_X, y: y - 22, width: 150, height: 1 }, LINE),
  ...lines.map((line, i) => text(LEGEND_X, y + i * 20, line, { size: 13, fill: FAINT })),
];
