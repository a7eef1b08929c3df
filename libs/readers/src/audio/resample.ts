/** Zero crossings of the filter on each side, and the shape of its window. */
const HALF_LENGTH = 10;
const BETA = 5;

/**
 * Resamples by a polyphase filter: a sinc of `20 · max(up, down) + 1` taps in a Kaiser window (β = 5), as SciPy's
 * `resample_poly` does by default. `⌈n · up / down⌉` samples, where up / down is `to` / `from`.
 */
export function resample(samples: Float32Array, from: number, to: number): Float32Array {
  if (from === to) return samples;
  const divisor = greatestDivisor(from, to);
  const [up, down] = [to / divisor, from / divisor];
  const { taps, half } = makeFilter(up, down);
  const resampled = new Float32Array(Math.ceil((samples.length * up) / down));
  for (let n = 0; n < resampled.length; n++) {
    const center = n * down + half;
    const first = Math.max(0, Math.ceil((center - 2 * half) / up));
    const last = Math.min(samples.length - 1, Math.floor(center / up));
    let sum = 0;
    for (let k = first; k <= last; k++) sum += samples[k]! * taps[center - k * up]!;
    resampled[n] = sum;
  }
  return resampled;
}

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));

function makeFilter(up: number, down: number): { readonly taps: Float64Array; readonly half: number } {
  const larger = Math.max(up, down);
  const half = HALF_LENGTH * larger;
  const taps = new Float64Array(2 * half + 1);
  let sum = 0;
  for (let i = 0; i < taps.length; i++) {
    const x = ((i - half) / larger) * Math.PI;
    const sinc = x === 0 ? 1 : Math.sin(x) / x;
    taps[i] = sinc * bessel(BETA * Math.sqrt(Math.max(0, 1 - ((i - half) / half) ** 2)));
    sum += taps[i]!;
  }
  for (let i = 0; i < taps.length; i++) taps[i]! *= up / sum;
  return { taps, half };
}

/** The modified Bessel function I₀, by its series (Abramowitz & Stegun 9.6.12). */
function bessel(x: number): number {
  let [sum, term] = [1, 1];
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
