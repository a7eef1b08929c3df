/** Colors of a terminal; functions that change nothing in a terminal without colors. */
export interface StripColors {
  readonly isColorSupported: boolean;
  readonly yellow: (text: string) => string;
  readonly blue: (text: string) => string;
}

export interface StripOptions {
  /** Most characters of the strip. */
  readonly width: number;
  readonly color: StripColors;
}

/** Height is the size of a value: an eighth of the largest for each step. */
const HEIGHTS = ' ▁▂▃▄▅▆▇█';
/** Evidence against, where no color shows the sign. */
const SHADES = ' ░▒▓';

/**
 * Draws values as one line of block characters: one for each position, or for the strongest of several
 * positions where there are more than fit. Evidence for is yellow, evidence against blue; without colors
 * evidence against is shaded. A value that is not finite counts as 0.
 */
export function heatStrip(values: ArrayLike<number>, { width, color }: StripOptions): string {
  const columns = Math.min(values.length, Math.max(1, width));
  const strongest = new Float32Array(columns);
  for (let i = 0; i < values.length; i++) {
    const at = Math.floor((i * columns) / values.length);
    if (Number.isFinite(values[i]!) && Math.abs(values[i]!) > Math.abs(strongest[at]!))
      strongest[at] = values[i]!;
  }
  const peak = strongest.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const blocks = Array.from(strongest, (value) => {
    const share = peak === 0 ? 0 : Math.abs(value) / peak;
    if (value >= 0) return color.yellow(block(HEIGHTS, share));
    return color.isColorSupported ? color.blue(block(HEIGHTS, share)) : block(SHADES, share);
  });
  return blocks.join('');
}

const block = (steps: string, share: number): string => steps[Math.ceil(share * (steps.length - 1))]!;

/** The strongest value of each position of a map [positions, ...], over its other dimensions. */
export function strongestByPosition(values: Float32Array, dims: readonly number[]): Float32Array {
  const positions = dims[0] ?? 0;
  const each = positions === 0 ? 0 : values.length / positions;
  return Float32Array.from({ length: positions }, (_, at) =>
    values
      .subarray(at * each, (at + 1) * each)
      .reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0),
  );
}
