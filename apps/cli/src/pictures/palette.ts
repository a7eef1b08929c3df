export const INK = '#1b2433';
export const FAINT = '#5d6b82';
export const PAPER = '#fcfcfd';
export const LINE = '#dfe4ec';

/**
 * Ten colors that stay apart for the common kinds of color blindness: "muted" of Paul Tol (2021) with the
 * orange of his "vibrant".
 */
const CLASS_COLORS = [
  '#88ccee',
  '#cc6677',
  '#ddcc77',
  '#117733',
  '#332288',
  '#aa4499',
  '#44aa99',
  '#999933',
  '#882255',
  '#ee7733',
] as const;

export const classColor = (index: number): string =>
  index < 0 ? '#9aa5b5' : CLASS_COLORS[index % CLASS_COLORS.length]!;

type Rgb = readonly [number, number, number];
/** From pale to dark, so that the order shows without color too. */
const LOSS_STOPS: readonly Rgb[] = [
  [206, 216, 230],
  [242, 193, 90],
  [214, 84, 82],
  [84, 20, 72],
];

/** Color of a share from 0 (no loss) to 1 (the highest). */
export function lossColor(share: number): string {
  const at = Math.min(Math.max(share, 0), 1) * (LOSS_STOPS.length - 1);
  const i = Math.min(Math.floor(at), LOSS_STOPS.length - 2);
  const mixed = LOSS_STOPS[i]!.map((from, c) =>
    Math.round(from + (LOSS_STOPS[i + 1]![c]! - from) * (at - i)),
  );
  return `#${mixed.map((v) => v.toString(16).padStart(2, '0')).join('')}`;
}

/** The loss of one sample as a share between the lowest shown (0.001) and the highest, by logarithm. */
export function lossShare(loss: number, highest: number): number {
  const low = Math.log10(LOWEST_LOSS);
  return Math.min(
    Math.max((Math.log10(Math.max(loss, LOWEST_LOSS)) - low) / (Math.log10(Math.max(highest, 1)) - low), 0),
    1,
  );
}

export const LOWEST_LOSS = 0.001;

/** Diameter of a dot in pixels by its share: 3.2 for no loss, 13 for the highest. */
export const dotDiameter = (share: number): number => Math.round((3.2 + 9.8 * share ** 2) * 10) / 10;

export const highestLoss = (loss: Float32Array): number => loss.reduce((high, v) => Math.max(high, v), 0);
