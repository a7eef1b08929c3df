import type { Scatterplot } from '@noema/scatterplot';
import { value as numberText } from '../../../parts/numbers.js';
import { type BitMask, hasBit } from '../points/bit-mask.js';
import { type ColorEncoding, colorAt } from '../encoding/color-encoding.js';
import { placeLabels } from '../plot/label-boxes.js';
import type { PlaceLabel } from '../plot/label-placement.js';
import type { PointScope } from '../points/point-cache.js';
import { pointCache } from '../points/points.query.js';
import { MAX_CIRCLES, type SvgPicture, type SvgPoint } from './svg-export.js';

/** The current view of a map. */
export interface DrawnMap {
  readonly scope: PointScope;
  readonly title: string;
  readonly colorTitle: string;
  readonly color: ColorEncoding | undefined;
  readonly sizes: Uint8Array | undefined;
  readonly pointSize: readonly [number, number];
  readonly ground: { readonly background: string; readonly ink: string };
  readonly shown: BitMask | undefined;
  readonly labels: readonly PlaceLabel[];
  /** Width and height of the canvas in CSS pixels. */
  readonly size: () => readonly [number, number];
}

/**
 * Makes a drawing of a view: circles for as many dots as a drawing stands, else a picture; names and legend
 * as text.
 */
export async function toPicture(plot: Scatterplot, props: DrawnMap): Promise<SvgPicture> {
  const { scope, color, sizes, pointSize, shown, labels, ground, title, colorTitle } = props;
  const [width, height] = props.size();
  const [x, y, z] = ['x', 'y', 'z'].map((name) => pointCache.find(scope, name));
  const isShown = (i: number): boolean => shown === undefined || hasBit(shown, i);
  const drawn = function* (ghosts: boolean): Generator<SvgPoint> {
    for (let i = 0; i < plot.count; i++) {
      if (isShown(i) === ghosts) continue;
      const at = plot.project({
        x: Number(x?.values[i]),
        y: Number(y?.values[i]),
        z: Number(z?.values[i] ?? 0),
      });
      if (at.x < 0 || at.y < 0 || at.x > width || at.y > height) continue;
      yield {
        ...at,
        diameter: pointSize[0] + ((sizes?.[i] ?? 51) / 255) * (pointSize[1] - pointSize[0]),
        color: color === undefined ? '#888888' : colorAt(color.palette, color.codes[i]!),
        isGhost: ghosts,
      };
    }
  };
  // Shown points lie on top.
  const circles = function* (): Generator<SvgPoint> {
    if (shown !== undefined) yield* drawn(true);
    yield* drawn(false);
  };
  const boxes = labels.map(({ code, name, ...place }) => {
    const at = plot.project(place);
    const w = name.length * 8 + 8;
    return { code, name, left: at.x - w / 2, top: at.y - 8, width: w, height: 16 };
  });
  const placed = new Set(placeLabels(boxes, width, height).map(({ code }) => code));
  return {
    width,
    height,
    background: ground.background,
    ink: ground.ink,
    title,
    points:
      plot.count <= MAX_CIRCLES ? { circles: circles() } : { href: await dataUrl(await plot.toImage(2)) },
    labels: boxes
      .filter(({ code }) => placed.has(code))
      .map((box) => ({ x: box.left + box.width / 2, y: box.top + 13, text: box.name })),
    legend: toLegend(color, colorTitle),
  };
}

function toLegend(color: DrawnMap['color'], title: string): SvgPicture['legend'] {
  if (color === undefined) return { title, entries: [] };
  const { legend, palette } = color;
  if (legend.kind === 'code') return { title, entries: legend.entries };
  return {
    title,
    colors: Array.from({ length: 12 }, (_, i) => colorAt(palette, Math.round((i / 11) * 254))),
    low: numberText(legend.scale.low),
    high: numberText(legend.scale.high),
  };
}

const dataUrl = (blob: Blob): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      resolve(reader.result as string);
    };
    reader.onerror = () => {
      reject(new Error('the picture of the map could not be read'));
    };
    reader.readAsDataURL(blob);
  });
