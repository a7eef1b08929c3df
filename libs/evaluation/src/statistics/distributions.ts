/** Density of the standard normal distribution. */
export const normalDensity = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/**
 * Returns the distribution function of the standard normal distribution, by Marsaglia's series (2004) and, beyond
 * 3 standard deviations, by the continued fraction of Mills' ratio.
 */
export function normalCdf(x: number): number {
  if (x > 3) return 1 - normalCdf(-x);
  if (x < -3) {
    let fraction = -x;
    for (let k = 150; k >= 1; k--) fraction = -x + k / fraction;
    return normalDensity(x) / fraction;
  }
  let [sum, term] = [x, x];
  for (let k = 3; Math.abs(term) > Math.abs(sum) * 1e-17; k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return 0.5 + sum * normalDensity(x);
}

/** Returns the quantile of the standard normal distribution at `p`; infinite at 0 and 1. */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return NaN;
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p === 0) return -Infinity;
  // A start by Abramowitz & Stegun 26.2.23, good to 5e-4; each step of Halley triples the digits.
  const t = Math.sqrt(-2 * Math.log(p));
  let x = -(
    t -
    (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
  );
  for (let step = 0; step < 3; step++) {
    const u = (normalCdf(x) - p) / normalDensity(x);
    x -= u / (1 + (x * u) / 2);
  }
  return x;
}

/** Returns ln Γ(x) for x > 0, by Stirling's series from 15 on. */
export function logGamma(x: number): number {
  let [shift, z] = [0, x];
  for (; z < 15; z++) shift += Math.log(z);
  const r = 1 / (z * z);
  const series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r / 1188)))) / z;
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series - shift;
}

/**
 * Returns the regularised incomplete beta function I_x(a, b), by the continued fraction of DLMF 8.17.22 with the
 * method of Lentz.
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const scale = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  let [c, d] = [1, 1 / (1 - ((a + b) * x) / (a + 1))];
  let fraction = d;
  for (let m = 1, step = 0; Math.abs(step - 1) > 4e-16 && m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    fraction *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    step = c * d;
    fraction *= step;
  }
  return (scale * fraction) / a;
}

/** Returns the distribution function of Student's t with `degrees` of freedom. */
export function studentCdf(t: number, degrees: number): number {
  const tail = incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2;
  return t > 0 ? 1 - tail : tail;
}

/** Returns the quantile of Student's t at `p` in (0, 1), with `degrees` ≥ 1 of freedom. */
export function studentQuantile(p: number, degrees: number): number {
  if (p > 0.5) return -studentQuantile(1 - p, degrees);
  if (p === 0.5) return 0;
  const scale = Math.exp(logGamma((degrees + 1) / 2) - logGamma(degrees / 2)) / Math.sqrt(degrees * Math.PI);
  let [low, high] = [-1, 0];
  while (studentCdf(low, degrees) > p) [low, high] = [low * 2, low];
  // Newton's steps, and a bisection where one leaves the bracket.
  let t = (low + high) / 2;
  for (let step = 0; step < 100 && high - low > 1e-15 * -low; step++) {
    const error = studentCdf(t, degrees) - p;
    if (error > 0) high = t;
    else low = t;
    const next = t - error / (scale * (1 + (t * t) / degrees) ** (-(degrees + 1) / 2));
    if (Math.abs(next - t) <= 2e-16 * -t) break;
    t = next > low && next < high ? next : (low + high) / 2;
  }
  return t;
}

/** Returns the probability of `k` or fewer successes in `n` trials with success probability `p`. */
export const binomialCdf = (k: number, n: number, p: number): number =>
  k < 0 ? 0 : k >= n ? 1 : incompleteBeta(1 - p, n - k, k + 1);

/** Returns the probability of exactly `k` successes in `n` trials with success probability `p` in (0, 1). */
export const binomialProbability = (k: number, n: number, p: number): number =>
  Math.exp(
    logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1) + k * Math.log(p) + (n - k) * Math.log1p(-p),
  );

/**
 * Returns the upper regularised incomplete gamma function Q(a, x): the series of DLMF 8.7.1 below a + 1, and the
 * continued fraction of DLMF 8.9.2 with the method of Lentz above.
 */
export function upperIncompleteGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let [sum, term] = [1 / a, 1 / a];
    for (let k = 1; term > sum * 1e-17; k++) {
      term *= x / (a + k);
      sum += term;
    }
    return Math.max(0, 1 - scale * sum);
  }
  let [b, c, d] = [x + 1 - a, Infinity, 1 / (x + 1 - a)];
  let fraction = d;
  for (let k = 1, step = 0; Math.abs(step - 1) > 4e-16 && k < 10_000; k++) {
    const factor = k * (a - k);
    b += 2;
    d = 1 / (b + factor * d);
    c = b + factor / c;
    step = c * d;
    fraction *= step;
  }
  return scale * fraction;
}

/** Returns the probability of a chi-squared value of `x` or more. */
export const chiSquareTail = (x: number, degrees: number): number => upperIncompleteGamma(degrees / 2, x / 2);
