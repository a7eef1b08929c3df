/** Supported lengths, all of the form 2^a·3^b. */
export const FFT_LENGTHS: readonly number[] = [
  64, 72, 96, 128, 144, 192, 216, 256, 288, 384, 432, 512, 576, 768, 864, 1024, 1152, 1536, 1728, 2048,
];

/**
 * Discrete Fourier transforms of `columns` complex sequences at once, [length, columns] row-major float64, by
 * Stockham's method with radices 4, 3 and 2 (Van Loan 1992, chapter 1). It needs no reordering, and all inner
 * loops run over adjacent values.
 */
export class ColumnFft {
  re: Float64Array;
  im: Float64Array;
  private spareRe: Float64Array;
  private spareIm: Float64Array;
  private readonly cos: Float64Array;
  private readonly sin: Float64Array;
  private readonly radices: readonly number[];

  constructor(
    readonly length: number,
    readonly columns: number,
  ) {
    const size = length * columns;
    [this.re, this.im, this.spareRe, this.spareIm] = [
      new Float64Array(size),
      new Float64Array(size),
      new Float64Array(size),
      new Float64Array(size),
    ];
    this.cos = Float64Array.from({ length }, (_, k) => Math.cos((2 * Math.PI * k) / length));
    this.sin = Float64Array.from({ length }, (_, k) => -Math.sin((2 * Math.PI * k) / length));
    this.radices = listRadices(length);
  }

  /** Transforms `re` and `im`, which are other arrays afterwards. */
  forward(): void {
    this.transform(this.re, this.im, this.spareRe, this.spareIm, false);
  }

  /**
   * Computes the inverse without the division by the length: the transform with real and imaginary part
   * exchanged.
   */
  inverse(): void {
    this.transform(this.im, this.re, this.spareIm, this.spareRe, true);
  }

  private transform(
    fromRe: Float64Array,
    fromIm: Float64Array,
    toRe: Float64Array,
    toIm: Float64Array,
    exchanged: boolean,
  ): void {
    let [xr, xi, yr, yi] = [fromRe, fromIm, toRe, toIm];
    let n = this.length;
    let run = this.columns;
    for (const radix of this.radices) {
      const stage = radix === 4 ? radix4 : radix === 3 ? radix3 : radix2;
      stage(xr, xi, yr, yi, n / radix, run, this.cos, this.sin, this.length / n);
      [xr, xi, yr, yi] = [yr, yi, xr, xi];
      n /= radix;
      run *= radix;
    }
    [this.re, this.im, this.spareRe, this.spareIm] = exchanged ? [xi, xr, yi, yr] : [xr, xi, yr, yi];
  }
}

function listRadices(length: number): number[] {
  const radices: number[] = [];
  let left = length;
  for (const radix of [3, 4, 2]) {
    for (; left % radix === 0; left /= radix) radices.push(radix);
  }
  return radices;
}

type Stage = (
  xr: Float64Array,
  xi: Float64Array,
  yr: Float64Array,
  yi: Float64Array,
  m: number,
  run: number,
  cos: Float64Array,
  sin: Float64Array,
  step: number,
) => void;

const radix2: Stage = (xr, xi, yr, yi, m, run, cos, sin, step) => {
  for (let q = 0; q < m; q++) {
    const c = cos[q * step]!;
    const s = sin[q * step]!;
    for (let k = 0, a = run * q, b = run * (q + m), t = run * 2 * q; k < run; k++, a++, b++, t++) {
      const ar = xr[a]!;
      const ai = xi[a]!;
      const br = xr[b]!;
      const bi = xi[b]!;
      const dr = ar - br;
      const di = ai - bi;
      yr[t] = ar + br;
      yi[t] = ai + bi;
      yr[t + run] = dr * c - di * s;
      yi[t + run] = dr * s + di * c;
    }
  }
};

const radix3: Stage = (xr, xi, yr, yi, m, run, cos, sin, step) => {
  const half = Math.sqrt(3) / 2;
  for (let q = 0; q < m; q++) {
    const c1 = cos[q * step]!;
    const s1 = sin[q * step]!;
    const c2 = cos[2 * q * step]!;
    const s2 = sin[2 * q * step]!;
    for (
      let k = 0, a = run * q, b = run * (q + m), c = run * (q + 2 * m), t = run * 3 * q;
      k < run;
      k++, a++, b++, c++, t++
    ) {
      const ar = xr[a]!;
      const ai = xi[a]!;
      const sr = xr[b]! + xr[c]!;
      const si = xi[b]! + xi[c]!;
      const dr = half * (xr[b]! - xr[c]!);
      const di = half * (xi[b]! - xi[c]!);
      const mr = ar - sr / 2;
      const mi = ai - si / 2;
      const pr = mr + di;
      const pi = mi - dr;
      const nr = mr - di;
      const ni = mi + dr;
      yr[t] = ar + sr;
      yi[t] = ai + si;
      yr[t + run] = pr * c1 - pi * s1;
      yi[t + run] = pr * s1 + pi * c1;
      yr[t + 2 * run] = nr * c2 - ni * s2;
      yi[t + 2 * run] = nr * s2 + ni * c2;
    }
  }
};

const radix4: Stage = (xr, xi, yr, yi, m, run, cos, sin, step) => {
  for (let q = 0; q < m; q++) {
    const c1 = cos[q * step]!;
    const s1 = sin[q * step]!;
    const c2 = cos[2 * q * step]!;
    const s2 = sin[2 * q * step]!;
    const c3 = cos[3 * q * step]!;
    const s3 = sin[3 * q * step]!;
    for (
      let k = 0, a = run * q, b = a + run * m, c = b + run * m, d = c + run * m, t = run * 4 * q;
      k < run;
      k++, a++, b++, c++, d++, t++
    ) {
      const pr = xr[a]! + xr[c]!;
      const pi = xi[a]! + xi[c]!;
      const mr = xr[a]! - xr[c]!;
      const mi = xi[a]! - xi[c]!;
      const qr = xr[b]! + xr[d]!;
      const qi = xi[b]! + xi[d]!;
      const nr = xr[b]! - xr[d]!;
      const ni = xi[b]! - xi[d]!;
      const ur = mr + ni;
      const ui = mi - nr;
      const vr = pr - qr;
      const vi = pi - qi;
      const wr = mr - ni;
      const wi = mi + nr;
      yr[t] = pr + qr;
      yi[t] = pi + qi;
      yr[t + run] = ur * c1 - ui * s1;
      yi[t + run] = ur * s1 + ui * c1;
      yr[t + 2 * run] = vr * c2 - vi * s2;
      yi[t + 2 * run] = vr * s2 + vi * c2;
      yr[t + 3 * run] = wr * c3 - wi * s3;
      yi[t + 3 * run] = wr * s3 + wi * c3;
    }
  }
};
