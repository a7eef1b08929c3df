import { smooth, type Take } from './agreement.js';

/** Share of its width to which a copy is scaled down before it is scaled up again. */
export const SQUEEZE = 0.75;

/** How the pixels of the smaller picture come about: from the two next pixels, or from all that they cover. */
export type Sampling = 'next' | 'all';

/** For each pixel, the pixels of which it is made after scaling down and up along an axis, and their weights. */
interface Line {
  readonly places: Int32Array;
  readonly weights: Float64Array;
}

/** Largest number of pixels of which one is made. */
const MOST = 6;
const LINES = new Map<string, Line>();

function prepareLine(side: number, sampling: Sampling): Line {
  const key = `${side} ${sampling}`;
  const known = LINES.get(key);
  if (known !== undefined) return known;
  const low = Math.round(SQUEEZE * side);
  const down = sampling === 'next' ? interpolate(side, low) : cover(side, low);
  const line = { places: new Int32Array(MOST * side), weights: new Float64Array(MOST * side) };
  interpolate(low, side).forEach((parts, at) => {
    let to = MOST * at;
    for (const [middle, share] of parts)
      for (const [place, weight] of down[middle]!) {
        line.places[to] = place;
        line.weights[to++] = share * weight;
      }
  });
  LINES.set(key, line);
  return line;
}

type Parts = readonly (readonly [place: number, weight: number])[];

/** The two pixels between which each pixel of another width lies. */
const interpolate = (from: number, to: number): Parts[] =>
  Array.from({ length: to }, (_, at) => {
    const x = Math.min(from - 1, Math.max(0, ((at + 0.5) * from) / to - 0.5));
    const left = Math.floor(x);
    return [
      [left, 1 - x + left],
      [Math.min(from - 1, left + 1), x - left],
    ];
  });

/** The pixels that each pixel of a smaller width covers. */
const cover = (from: number, to: number): Parts[] =>
  Array.from({ length: to }, (_, at) => {
    const [start, end] = [(at * from) / to, ((at + 1) * from) / to];
    const first = Math.floor(start);
    return Array.from({ length: Math.ceil(end - 1e-9) - first }, (__, i) => {
      const share = Math.min(first + i + 1, end) - Math.max(first + i, start);
      return [first + i, share / (end - start)] as const;
    });
  });

/** Scales down and up along the rows (`step` 1) or the columns (`step` side). */
export function squeeze(
  values: Float32Array,
  { side, step, sampling }: { readonly side: number; readonly step: number; readonly sampling: Sampling },
  squeezed: Float32Array,
): Float32Array {
  const { places, weights } = prepareLine(side, sampling);
  const across = step === 1 ? side : 1;
  for (let line = 0; line < side; line++)
    for (let at = 0; at < side; at++) {
      let sum = 0;
      for (let i = MOST * at; i < MOST * (at + 1); i++)
        sum += weights[i]! * values[line * across + places[i]! * step]!;
      squeezed[line * across + at * step] = sum;
    }
  return squeezed;
}

/** Returns the smoothed picture with its missing values, and a blur along each axis. `full` has no missing values. */
export function listBlurs(
  picture: Float32Array,
  full: Float32Array,
  side: number,
  take: Take,
): Float32Array[] {
  const smoothed = smooth(full, side, take);
  return [smooth(picture, side, take), curve(smoothed, side, 1, take), curve(smoothed, side, side, take)];
}

/** Returns blurs as well as what scaling down and up along each axis changes. */
export function listScalings(
  picture: Float32Array,
  full: Float32Array,
  side: number,
  take: Take,
): Float32Array[] {
  const terms = listBlurs(picture, full, side, take);
  for (const step of [1, side])
    for (const sampling of ['next', 'all'] as const) {
      const scaled = squeeze(full, { side, step, sampling }, take(full.length));
      for (let at = 0; at < scaled.length; at++) scaled[at]! -= full[at]!;
      terms.push(smooth(scaled, side, take));
    }
  return terms;
}

/** Second differences along the rows (`step` 1) or the columns (`step` side); 0 at the ends. */
function curve(values: Float32Array, side: number, step: number, take: Take): Float32Array {
  const curved = take(values.length).fill(0);
  const [rows, columns] = step === 1 ? [0, 1] : [1, 0];
  for (let row = rows; row < side - rows; row++)
    for (let column = columns; column < side - columns; column++) {
      const at = row * side + column;
      curved[at] = values[at - step]! + values[at + step]! - 2 * values[at]!;
    }
  return curved;
}
