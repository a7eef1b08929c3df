/** From data to pixels along one direction, and the marks of the axis. */
export interface Axis {
  readonly low: number;
  readonly high: number;
  /** Pixel of a number; numbers outside of the axis lie at its ends. */
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

/** An axis in equal steps between two pixels; `whole` keeps its marks to whole numbers. */
export function linearAxis(
  [low, high]: readonly [number, number],
  [from, to]: readonly [number, number],
  { most = 6, whole = false }: { most?: number; whole?: boolean } = {},
): Axis {
  const span = high - low || 1;
  return {
    low,
    high,
    at: (value) => from + clamp((value - low) / span) * (to - from),
    ticks: linearTicks(low, high, { most, whole }),
  };
}

/**
 * An axis in equal factors; `low` and `high` are above 0, and everything up to `low`, zeros too, lies at its
 * beginning.
 */
export function logAxis(
  [low, high]: readonly [number, number],
  [from, to]: readonly [number, number],
  { most = 6 }: { most?: number } = {},
): Axis {
  const start = Math.log(low);
  const span = Math.log(high) - start || 1;
  return {
    low,
    high,
    at: (value) => from + (value <= low ? 0 : clamp((Math.log(value) - start) / span)) * (to - from),
    ticks: logTicks(low, high, most),
  };
}

/** Round numbers from `low` to `high`, at most `most` + 1 of them. */
export function linearTicks(
  low: number,
  high: number,
  { most = 6, whole = false }: { most?: number; whole?: boolean } = {},
): number[] {
  if (!(high > low)) return [low];
  const raw = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  const nice = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= raw * 0.999_999) ?? 10) * power;
  const step = whole ? Math.max(1, Math.ceil(nice)) : nice;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Powers of ten from `low` to `high`, between them 2 and 5, or 1 to 9, where that is not too many. */
export function logTicks(low: number, high: number, most = 6): number[] {
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const within = (factors: readonly number[], every: number): number[] =>
    Array.from({ length: last - first + 1 }, (_, i) => first + i)
      .filter((exponent) => exponent % every === 0)
      .flatMap((exponent) => factors.map((factor) => Number((factor * 10 ** exponent).toPrecision(12))))
      .filter((tick) => tick >= low * 0.999_999 && tick <= high * 1.000_001);
  const choices = [
    within([1, 2, 3, 4, 5, 6, 7, 8, 9], 1),
    within([1, 2, 5], 1),
    within([1, 3], 1),
    within([1], 1),
    within([1], 2),
    within([1], 4),
  ];
  const fitting =
    choices.find((ticks) => ticks.length <= most) ?? within([1], Math.ceil((last - first) / most));
  return fitting.length >= 2 ? fitting : linearTicks(low, high, { most });
}

const clamp = (share: number): number => (share < 0 ? 0 : share > 1 ? 1 : share);
