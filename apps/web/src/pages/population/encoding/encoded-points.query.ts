import { useMemo } from 'react';
import { type ColorSettings, encodeColor, encodeNone } from './color-encoding.js';
import { isLogarithmic } from '../points/column.js';
import type { FindDomain } from '../points/domains.query.js';
import type { ColorChoice, Looks } from './looks.js';
import type { PointScope } from '../points/point-cache.js';
import { usePoints } from '../points/points.query.js';
import { encodeSizes } from './size-encoding.js';

const NO_TINTS = {};

/** How the colors of a choice are chosen on a ground. */
export function useColorSettings(
  choice: ColorChoice,
  ground: 'light' | 'dark',
  order: readonly number[] | undefined,
): ColorSettings {
  const { scale, color, palette, tints } = choice;
  const own = tints[color] ?? NO_TINTS;
  return useMemo(
    () => ({ scale: scale ?? (isLogarithmic(color) ? 'log' : 'linear'), palette, ground, own, order }),
    [scale, color, palette, ground, own, order],
  );
}

/**
 * Columns of a map: its axes, further ones by `names`, with the colors and sizes made of them. Axes do not wait for
 * the others, so that names and pictures move together with the dots.
 */
export function useEncodedPoints(
  scope: PointScope | undefined,
  count: number,
  { color, size }: Looks,
  settings: ColorSettings,
  {
    axes,
    names,
    enabled,
    findDomain,
  }: {
    readonly axes: readonly string[];
    readonly names: readonly string[];
    readonly enabled: boolean;
    readonly findDomain: FindDomain;
  },
) {
  const places = usePoints(scope, axes, enabled);
  const points = usePoints(
    scope,
    [color, size, ...names].filter((name) => name !== 'none'),
    enabled,
  );
  const columns = useMemo(
    () => new Map([...points.columns, ...places.columns]),
    [points.columns, places.columns],
  );
  const column = columns.get(color);
  const sized = columns.get(size);
  const [colorDomain, sizeDomain] = [findDomain(color)?.extent, findDomain(size)?.extent];
  const encoding = useMemo(
    () =>
      color === 'none'
        ? encodeNone(count, settings.ground)
        : column === undefined
          ? undefined
          : encodeColor(column, settings, colorDomain),
    [color, column, settings, count, colorDomain],
  );
  const sizes = useMemo(
    () => (size === 'none' ? undefined : encodeSizes(sized, sizeDomain)),
    [size, sized, sizeDomain],
  );
  return { ...points, isCurrent: points.isCurrent && places.isCurrent, columns, column, encoding, sizes };
}
