/**
 * The chance of a Kolmogorov-Smirnov statistic of at least `d` between samples of `n1` and `n2` from one
 * distribution, by the asymptotic distribution of Kolmogorov (1933); 1 when a sample is empty. Good from
 * about 20 values a sample on.
 */
export function kolmogorovSmirnovPValue(d: number, n1: number, n2: number): number {
  if (n1 === 0 || n2 === 0) return 1;
  return kolmogorov(d * Math.sqrt((n1 * n2) / (n1 + n2)));
}

/** The chance of a χ² of at least `x` with that many degrees of freedom; 1 without any. */
export function chiSquaredPValue(x: number, degrees: number): number {
  return degrees <= 0 || x <= 0 ? 1 : upperGamma(degrees / 2, x / 2);
}

/** Survival function of Kolmogorov's distribution, by the series that converges faster. */
function kolmogorov(x: number): number {
  if (x <= 0) return 1;
  if (x < 1.18) {
    const y = Math.exp(-(Math.PI ** 2) / (8 * x * x));
    return 1 - (Math.sqrt(2 * Math.PI) / x) * (y + y ** 9 + y ** 25 + y ** 49);
  }
  const y = Math.exp(-2 * x * x);
  return Math.max(0, 2 * (y - y ** 4 + y ** 9 - y ** 16));
}

/**
 * Regularised upper incomplete gamma function Q(a, x): a series below a + 1, Legendre's continued fraction
 * (by the method of Lentz) above.
 */
function upperGamma(a: number, x: number): number {
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = a + 1; term > sum * 1e-17; n++) {
      term *= x / n;
      sum += term;
    }
    return Math.min(1, Math.max(0, 1 - sum * scale));
  }
  let [b, c] = [x + 1 - a, 1e300];
  let d = 1 / b;
  let fraction = d;
  for (let i = 1, step = 0; Math.abs(step - 1) > 1e-15 && i < 100_000; i++) {
    const numerator = -i * (i - a);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    step = c * d;
    fraction *= step;
  }
  return Math.min(1, fraction * scale);
}

/** ln Γ(x) for x > 0, by Stirling's series from 15 on. */
function logGamma(x: number): number {
  let [shift, z] = [0, x];
  for (; z < 15; z++) shift += Math.log(z);
  const r = 1 / (z * z);
  return (
    (z - 0.5) * Math.log(z) -
    z +
    0.5 * Math.log(2 * Math.PI) +
    (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r / 1188)))) / z -
    shift
  );
}
