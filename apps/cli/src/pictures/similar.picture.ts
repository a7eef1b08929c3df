import { FAINT, INK, LINE } from './palette.js';
import { document, heading, image, rect, text } from './svg.js';

export interface SimilarPanel {
  readonly png: Uint8Array;
  readonly label: string;
  /** Drawn in a stronger frame when it differs from the query's. */
  readonly sameLabel: boolean;
  readonly distance: number;
}

export interface SimilarPicture {
  readonly title: string;
  readonly below: string;
  readonly query: {
    readonly png: Uint8Array;
    readonly heatPng: Uint8Array | undefined;
    readonly label: string;
  };
  readonly similar: readonly SimilarPanel[];
}

const SIZE = 140;
const COLUMNS = 8;

/**
 * Draws a query and its similar samples in the order of their distance, each with the area that they share
 * with it.
 */
export function drawSimilar({ title, below, query, similar }: SimilarPicture): string {
  const [left, top] = [340, 116];
  const rows = Math.ceil(similar.length / COLUMNS);
  const width = left + COLUMNS * (SIZE + 16) + 24;
  const height = Math.max(top + rows * (SIZE + 44) + 30, 720);
  const big = (y: number, png: Uint8Array, words: string): string =>
    image({ x: 40, y, width: 250, height: 250 }, png) +
    rect({ x: 40, y, width: 250, height: 250 }, 'none', `stroke="${LINE}"`) +
    text(40, y + 272, words, { size: 14, fill: FAINT });
  const grid = similar.map(({ png, label, sameLabel, distance }, i) => {
    const [x, y] = [left + (i % COLUMNS) * (SIZE + 16), top + Math.floor(i / COLUMNS) * (SIZE + 44)];
    return [
      image({ x, y, width: SIZE, height: SIZE }, png),
      rect(
        { x, y, width: SIZE, height: SIZE },
        'none',
        sameLabel ? `stroke="${LINE}"` : `stroke="${INK}" stroke-width="3"`,
      ),
      text(x, y + SIZE + 18, label, { size: 14, weight: 700 }),
      text(x + SIZE, y + SIZE + 18, distance.toFixed(2), { size: 12, fill: FAINT, anchor: 'end' }),
    ].join('');
  });
  return document(width, height, { title, description: below }, [
    heading(title, below),
    big(top, query.png, `the query, a ${query.label}`),
    ...(query.heatPng === undefined
      ? []
      : [big(top + 300, query.heatPng, 'what the nearest ones share with it')]),
    ...grid,
  ]);
}
