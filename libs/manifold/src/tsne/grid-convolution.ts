import type { Lockstep } from '../lockstep.js';
import { ColumnFft } from './column-fft.js';
import type { GridMemory } from './grid-memory.js';
import type { GridShape } from './grid-shape.js';

/** Number of columns that are transformed together. Their data fit the second-level cache. */
const TOGETHER = 16;

/**
 * One thread's part of convolving the charges on a grid with K² and K by Fourier transforms. Rows beyond the
 * nodes are zero and are skipped. One thread computes each value in a fixed order, so the result does not
 * depend on the number of threads.
 */
export class GridConvolution {
  private fft: ColumnFft | undefined;
  private known: { readonly length: number; readonly spacing: number } | undefined;

  constructor(
    private readonly memory: GridMemory,
    private readonly lockstep: Lockstep,
  ) {}

  /** Convolves `charges` to `potentials`. Ends with a barrier. */
  run(shape: GridShape): void {
    const { length, spacing } = shape;
    if (this.fft?.length !== length) this.fft = new ColumnFft(length, TOGETHER);
    if (this.known?.length !== length || this.known.spacing !== spacing)
      this.transformKernels(length, spacing);
    this.known = { length, spacing };
    this.alongColumns(shape);
    this.lockstep.meet();
    this.alongRows(shape);
    this.lockstep.meet();
    this.backAlongColumns(shape);
    this.lockstep.meet();
  }

  /** Calls `work` for each of this thread's blocks of `count` columns. */
  private blocks(count: number, work: (from: number, width: number) => void): void {
    const { from, to } = this.lockstep.share(Math.ceil(count / TOGETHER));
    for (let block = from; block < to; block++)
      work(block * TOGETHER, Math.min(TOGETHER, count - block * TOGETHER));
  }

  /**
   * Both kernels are real and even, so the transform of K² + iK has that of K² as its real part and that of K
   * as its imaginary part, and a quarter of it is sufficient.
   */
  private transformKernels(length: number, spacing: number): void {
    const fft = this.fft!;
    const half = length / 2;
    const side = half + 1;
    const [squared, plain] = this.memory.kernels;
    const [re, im] = this.memory.spectra;
    const scale = 1 / (length * length);
    this.blocks(side, (from, width) => {
      for (let r = 0; r < length; r++) {
        for (let c = 0; c < width; c++) {
          const dy = Math.min(r, length - r) * spacing;
          const dx = (from + c) * spacing;
          const k = 1 / (1 + dx * dx + dy * dy);
          fft.re[r * TOGETHER + c] = scale * k * k;
          fft.im[r * TOGETHER + c] = scale * k;
        }
      }
      fft.forward();
      for (let f = 0; f <= half; f++) {
        for (let c = 0; c < width; c++) {
          re![f * side + from + c] = fft.re[f * TOGETHER + c]!;
          im![f * side + from + c] = fft.im[f * TOGETHER + c]!;
        }
      }
    });
    this.lockstep.meet();
    this.blocks(side, (from, width) => {
      for (let c = 0; c < length; c++) {
        for (let f = 0; f < width; f++) {
          const at = (from + f) * side + Math.min(c, length - c);
          fft.re[c * TOGETHER + f] = re![at]!;
          fft.im[c * TOGETHER + f] = im![at]!;
        }
      }
      fft.forward();
      for (let c = 0; c <= half; c++) {
        for (let f = 0; f < width; f++) {
          squared![(from + f) * side + c] = fft.re[c * TOGETHER + f]!;
          plain![(from + f) * side + c] = fft.im[c * TOGETHER + f]!;
        }
      }
    });
    this.lockstep.meet();
  }

  private alongColumns({ nodes, length }: GridShape): void {
    const fft = this.fft!;
    const {
      charges: [one, x, y],
      spectra,
    } = this.memory;
    this.blocks(nodes, (from, width) => {
      for (const [signal, real, imaginary] of [
        [0, one!, undefined],
        [1, x!, y!],
      ] as const) {
        fft.re.fill(0);
        fft.im.fill(0);
        for (let r = 0; r < nodes; r++) {
          for (let c = 0; c < width; c++) {
            fft.re[r * TOGETHER + c] = real[r * nodes + from + c]!;
            if (imaginary !== undefined) fft.im[r * TOGETHER + c] = imaginary[r * nodes + from + c]!;
          }
        }
        fft.forward();
        const re = spectra[2 * signal]!;
        const im = spectra[2 * signal + 1]!;
        for (let f = 0; f < length; f++) {
          for (let c = 0; c < width; c++) {
            re[f * nodes + from + c] = fft.re[f * TOGETHER + c]!;
            im[f * nodes + from + c] = fft.im[f * TOGETHER + c]!;
          }
        }
      }
    });
  }

  /**
   * Transforms the rows, multiplies by the kernels, and transforms back. The transform of 1 is multiplied by
   * K̂² + iK̂, which gives both convolutions at once.
   */
  private alongRows({ nodes, length }: GridShape): void {
    const fft = this.fft!;
    const half = length / 2;
    const side = half + 1;
    const {
      spectra,
      kernels: [squared, plain],
    } = this.memory;
    this.blocks(length, (from, width) => {
      for (const signal of [0, 1]) {
        const re = spectra[2 * signal]!;
        const im = spectra[2 * signal + 1]!;
        fft.re.fill(0, nodes * TOGETHER);
        fft.im.fill(0, nodes * TOGETHER);
        for (let f = 0; f < width; f++) {
          for (let c = 0, at = (from + f) * nodes; c < nodes; c++, at++) {
            fft.re[c * TOGETHER + f] = re[at]!;
            fft.im[c * TOGETHER + f] = im[at]!;
          }
        }
        fft.forward();
        const fr = fft.re;
        const fi = fft.im;
        for (let f = 0; f < width; f++) {
          const row = (from + f <= half ? from + f : length - from - f) * side;
          for (let c = 0, e = f; c < length; c++, e += TOGETHER) {
            const at = row + (c <= half ? c : length - c);
            const k2 = squared![at]!;
            const k1 = signal === 0 ? plain![at]! : 0;
            const a = fr[e]!;
            const b = fi[e]!;
            fr[e] = a * k2 - b * k1;
            fi[e] = a * k1 + b * k2;
          }
        }
        fft.inverse();
        for (let f = 0; f < width; f++) {
          for (let c = 0, at = (from + f) * nodes; c < nodes; c++, at++) {
            re[at] = fft.re[c * TOGETHER + f]!;
            im[at] = fft.im[c * TOGETHER + f]!;
          }
        }
      }
    });
  }

  private backAlongColumns({ nodes, length }: GridShape): void {
    const fft = this.fft!;
    const { spectra, potentials } = this.memory;
    this.blocks(nodes, (from, width) => {
      for (const signal of [0, 1]) {
        const re = spectra[2 * signal]!;
        const im = spectra[2 * signal + 1]!;
        const first = potentials[2 * signal]!;
        const second = potentials[2 * signal + 1]!;
        for (let f = 0; f < length; f++) {
          for (let c = 0; c < width; c++) {
            fft.re[f * TOGETHER + c] = re[f * nodes + from + c]!;
            fft.im[f * TOGETHER + c] = im[f * nodes + from + c]!;
          }
        }
        fft.inverse();
        for (let r = 0; r < nodes; r++) {
          for (let c = 0; c < width; c++) {
            first[r * nodes + from + c] = fft.re[r * TOGETHER + c]!;
            second[r * nodes + from + c] = fft.im[r * TOGETHER + c]!;
          }
        }
      }
    });
  }
}
