/** Settings of a spectrogram. */
export interface MelSettings {
  /** Samples per second. */
  readonly rate: number;
  /** Samples of a window, a power of two. */
  readonly window: number;
  /** Samples from one window to the next. */
  readonly hop: number;
  readonly mels: number;
  /**
   * `slaney`: linear below 1 kHz, triangles of equal area (Slaney 1998); `htk`: `2595 · log10(1 + f / 700)`,
   * triangles of height 1 (Young et al. 2006).
   */
  readonly scale: 'slaney' | 'htk';
  /** Range of frequencies in Hz. */
  readonly low: number;
  readonly high: number;
}

/** Power below which a band counts as silent. */
const SILENCE = 1e-10;

export const countFrames = (samples: number, hop: number): number => 1 + Math.floor(samples / hop);

/**
 * The natural logarithm of the power in bands of the mel scale: `[frames, mels]`. Frame i is a periodic Hann window
 * around sample `i · hop`, with zeros before and after the sound.
 */
export function toLogMel(samples: Float32Array, settings: MelSettings): Float32Array {
  const { window: size, hop, mels } = settings;
  const hann = Float64Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));
  const bands = makeBands(settings);
  const fourier = new Fourier(size);
  const frames = countFrames(samples.length, hop);
  const logarithms = new Float32Array(frames * mels);
  for (let frame = 0; frame < frames; frame++) {
    const start = frame * hop - size / 2;
    const powers = fourier.power((i) => (samples[start + i] ?? 0) * hann[i]!);
    for (const [band, { first, weights }] of bands.entries()) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * powers[first + k]!;
      logarithms[frame * mels + band] = Math.log(Math.max(SILENCE, sum));
    }
  }
  return logarithms;
}

/** Weights of the frequencies from `first` on. */
interface Band {
  readonly first: number;
  readonly weights: readonly number[];
}

function makeBands({ rate, window: size, mels, scale, low, high }: MelSettings): Band[] {
  const { toMel, toHertz } = SCALES[scale];
  const [from, to] = [toMel(low), toMel(high)];
  const edges = Array.from({ length: mels + 2 }, (_, i) => toHertz(from + ((to - from) * i) / (mels + 1)));
  return Array.from({ length: mels }, (_, band) => {
    const [left, center, right] = edges.slice(band, band + 3) as [number, number, number];
    const height = scale === 'slaney' ? 2 / (right - left) : 1;
    const weights = Array.from({ length: size / 2 + 1 }, (_unused, k) => {
      const hertz = (k * rate) / size;
      return (
        height * Math.max(0, Math.min((hertz - left) / (center - left), (right - hertz) / (right - center)))
      );
    });
    const first = Math.max(
      0,
      weights.findIndex((weight) => weight > 0),
    );
    return { first, weights: weights.slice(first, weights.findLastIndex((weight) => weight > 0) + 1) };
  });
}

const LINEAR = 200 / 3;
const STEP = Math.log(6.4) / 27;
const SCALES = {
  slaney: {
    toMel: (hertz: number): number =>
      hertz < 1_000 ? hertz / LINEAR : 1_000 / LINEAR + Math.log(hertz / 1_000) / STEP,
    toHertz: (mel: number): number =>
      mel < 1_000 / LINEAR ? mel * LINEAR : 1_000 * Math.exp(STEP * (mel - 1_000 / LINEAR)),
  },
  htk: {
    toMel: (hertz: number): number => 2_595 * Math.log10(1 + hertz / 700),
    toHertz: (mel: number): number => 700 * (10 ** (mel / 2_595) - 1),
  },
};

/** The discrete Fourier transform of a power of two of numbers (Cooley & Tukey 1965). */
class Fourier {
  private readonly real: Float64Array;
  private readonly imaginary: Float64Array;
  private readonly cosines: Float64Array;
  private readonly sines: Float64Array;
  private readonly reversed: Uint32Array;

  constructor(private readonly size: number) {
    this.real = new Float64Array(size);
    this.imaginary = new Float64Array(size);
    this.cosines = Float64Array.from({ length: size / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / size));
    this.sines = Float64Array.from({ length: size / 2 }, (_, i) => -Math.sin((2 * Math.PI * i) / size));
    this.reversed = new Uint32Array(size);
    for (let i = 1; i < size; i++) this.reversed[i] = (this.reversed[i >> 1]! >> 1) | (i & 1 ? size >> 1 : 0);
  }

  /** The power of the frequencies 0 to `size / 2`; valid until the next call. */
  power(value: (index: number) => number): Float64Array {
    const { real, imaginary, size } = this;
    for (let i = 0; i < size; i++) real[i] = value(this.reversed[i]!);
    imaginary.fill(0);
    for (let half = 1; half < size; half *= 2)
      for (let start = 0; start < size; start += 2 * half)
        for (let i = 0; i < half; i++) this.combine(start + i, start + i + half, (i * size) / (2 * half));
    return real.subarray(0, size / 2 + 1).map((x, i) => x * x + imaginary[i]! ** 2);
  }

  private combine(a: number, b: number, turn: number): void {
    const { real, imaginary } = this;
    const [cos, sin] = [this.cosines[turn]!, this.sines[turn]!];
    const x = real[b]! * cos - imaginary[b]! * sin;
    const y = real[b]! * sin + imaginary[b]! * cos;
    real[b] = real[a]! - x;
    imaginary[b] = imaginary[a]! - y;
    real[a]! += x;
    imaginary[a]! += y;
  }
}
