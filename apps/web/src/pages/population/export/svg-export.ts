import type { LegendEntry } from '../encoding/color-encoding.js';

/**
 * A drawn point: place and diameter in pixels of the picture, color as CSS; ghosts are points that a filter
 * leaves out.
 */
export interface SvgPoint {
  readonly x: number;
  readonly y: number;
  readonly diameter: number;
  readonly color: string;
  readonly isGhost: boolean;
}

export interface SvgPicture {
  readonly width: number;
  readonly height: number;
  readonly background: string;
  readonly ink: string;
  readonly title: string;
  /** Circles, or the points as a picture when there are too many of them. */
  readonly points: { readonly circles: Iterable<SvgPoint> } | { readonly href: string };
  readonly labels: readonly { readonly x: number; readonly y: number; readonly text: string }[];
  readonly legend:
    | { readonly title: string; readonly entries: readonly Pick<LegendEntry, 'title' | 'color'>[] }
    | {
        readonly title: string;
        readonly colors: readonly string[];
        readonly low: string;
        readonly high: string;
      };
}

/** Points that are still drawn as circles. */
export const MAX_CIRCLES = 50_000;

/** The map with its legend as an SVG document. */
export function formatSvg(picture: SvgPicture): string {
  const { width, height, background, ink, title, points, labels, legend } = picture;
  const drawn =
    'href' in points
      ? `<image href="${escapeXml(points.href)}" width="${width}" height="${height}"/>`
      : circles(points.circles);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width + LEGEND_WIDTH}" height="${height}" ` +
      `viewBox="0 0 ${width + LEGEND_WIDTH} ${height}" font-family="Inter, system-ui, sans-serif" ` +
      'font-size="12">',
    `<title>${escapeXml(title)}</title><rect width="100%" height="100%" fill="${background}"/>`,
    `<svg width="${width}" height="${height}" overflow="hidden">${drawn}</svg>`,
    ...labels.map(
      ({ x, y, text }) =>
        `<text x="${round(x)}" y="${round(y)}" text-anchor="middle" font-weight="600" fill="${ink}" ` +
        `stroke="${background}" stroke-width="3" paint-order="stroke">${escapeXml(text)}</text>`,
    ),
    `<g transform="translate(${width + 16} 24)" fill="${ink}"><text ` +
      `font-weight="600">${escapeXml(legend.title)}</text>` +
      `${'entries' in legend ? formatEntries(legend.entries) : formatRamp(legend)}</g>`,
    '</svg>',
  ].join('\n');
}

const LEGEND_WIDTH = 180;

function circles(points: Iterable<SvgPoint>): string {
  const out: string[] = [];
  for (const { x, y, diameter, color, isGhost } of points)
    out.push(
      `<circle cx="${round(x)}" cy="${round(y)}" r="${round(diameter / 2)}" ` +
        `fill="${color}"${isGhost ? ' opacity="0.1"' : ''}/>`,
    );
  return out.join('');
}

const formatEntries = (entries: readonly Pick<LegendEntry, 'title' | 'color'>[]): string =>
  entries
    .slice(0, 40)
    .map(
      ({ title, color }, i) =>
        `<circle cx="5" cy="${18 + i * 18}" r="5" fill="${color}"/><text x="16" ` +
        `y="${22 + i * 18}">${escapeXml(title)}</text>`,
    )
    .join('');

function formatRamp({ colors, low, high }: { colors: readonly string[]; low: string; high: string }): string {
  const stops = colors.map(
    (color, i) => `<stop offset="${round(i / Math.max(1, colors.length - 1))}" stop-color="${color}"/>`,
  );
  return [
    `<defs><linearGradient id="ramp">${stops.join('')}</linearGradient></defs>`,
    '<rect y="10" width="140" height="10" rx="2" fill="url(#ramp)"/><text ' +
      `y="36">${escapeXml(low)}</text><text x="140" y="36" text-anchor="end">${escapeXml(high)}</text>`,
  ].join('');
}

const round = (x: number): number => Math.round(x * 100) / 100;

/** A text that means only itself within XML. */
export const escapeXml = (text: string): string =>
  text
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
