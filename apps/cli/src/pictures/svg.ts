import { enlarge } from './enlarge.js';
import { FAINT, INK, PAPER } from './palette.js';

const FONT = 'Inter, "Helvetica Neue", Arial, "Liberation Sans", "DejaVu Sans", sans-serif';

export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** A number with at most one decimal: a tenth of a pixel is enough. */
export const px = (value: number): string => String(Math.round(value * 10) / 10);

export interface TextStyle {
  readonly size?: number;
  readonly weight?: number;
  readonly fill?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  /** A border of paper color, to be read over dots. */
  readonly halo?: boolean;
}

export function text(
  x: number,
  y: number,
  words: string,
  { size = 14, weight = 400, fill = INK, anchor = 'start', halo = false }: TextStyle = {},
): string {
  const draw = (look: string): string =>
    `<text x="${px(x)}" y="${px(y)}" font-size="${size}" font-weight="${weight}" ` +
    `text-anchor="${anchor}" ${look}>${escapeXml(words)}</text>`;
  // The border is a text of its own: not every viewer knows paint-order.
  return (
    (halo
      ? draw(
          `fill="none" stroke="${PAPER}" stroke-width="${px(size / 5)}" stroke-linejoin="round" ` +
            'stroke-opacity=".85"',
        )
      : '') + draw(`fill="${fill}"`)
  );
}

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const rect = ({ x, y, width, height }: Rect, fill: string, more = ''): string =>
  `<rect x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}" fill="${fill}" ${more}/>`;

/** A PNG picture, drawn with hard pixels. */
export const image = ({ x, y, width, height }: Rect, png: Uint8Array): string =>
  `<image x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}" ` +
  'style="image-rendering:pixelated" preserveAspectRatio="xMidYMid meet" ' +
  `href="data:image/png;base64,${Buffer.from(enlarge(png)).toString('base64')}"/>`;

/** A complete picture, with title and description for screen readers. */
export function document(
  width: number,
  height: number,
  about: { readonly title: string; readonly description: string },
  parts: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" ` +
      `height="${height}" role="img" font-family='${FONT}'>`,
    `<title>${escapeXml(about.title)}</title><desc>${escapeXml(about.description)}</desc>`,
    rect({ x: 0, y: 0, width, height }, PAPER),
    ...parts,
    '</svg>\n',
  ].join('\n');
}

/** Heading and the line below it. */
export const heading = (title: string, below: string): string =>
  text(40, 52, title, { size: 26, weight: 700 }) + text(40, 80, below, { size: 15, fill: FAINT });
