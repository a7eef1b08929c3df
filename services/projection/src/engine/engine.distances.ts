import { type Engine } from '@noema/engine';
import type { DistanceBlocks, Points } from '@noema/manifold';
import { float32, type TensorData } from '@noema/onnx';
import { distanceProgram } from './distance.graph.js';

/** Blocks of the distance matrix by ONNX Runtime; the next block is computed while the last one is looked at. */
export class EngineDistances implements DistanceBlocks {
  private readonly program = distanceProgram();
  private readonly xT: TensorData;
  private readonly hn: TensorData;
  private readonly centred: Float32Array;
  private ahead: { readonly from: number; readonly to: number; readonly block: Promise<Float32Array> } | undefined;

  constructor(private readonly engine: Engine, private readonly vectors: Points, private readonly signal?: AbortSignal) {
    const { n, d, data } = vectors;
    const centre = new Float64Array(d);
    for (let i = 0; i < n * d; i++) centre[i % d]! += data[i]! / n;
    // Around their centre vectors have the smallest norms, so float32 loses the least.
    this.centred = Float32Array.from(data, (value, i) => value - centre[i % d]!);
    const transposed = new Float32Array(new SharedArrayBuffer(4 * n * d)), norms = new Float32Array(new SharedArrayBuffer(4 * n));
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let c = 0; c < d; c++) {
        const value = this.centred[i * d + c]!;
        transposed[c * n + i] = value;
        sum += value * value;
      }
      norms[i] = sum / 2;
    }
    this.xT = float32(transposed, [d, n]);
    this.hn = float32(norms, [n]);
  }

  async rows(from: number, to: number): Promise<Float32Array> {
    const current = this.ahead?.from === from && this.ahead.to === to ? this.ahead.block : this.compute(from, to);
    const next = Math.min(this.vectors.n, to + (to - from));
    this.ahead = to < next ? { from: to, to: next, block: this.compute(to, next) } : undefined;
    this.ahead?.block.catch(() => undefined);
    return current;
  }

  private async compute(from: number, to: number): Promise<Float32Array> {
    const { d } = this.vectors;
    const feeds = { q: float32(this.centred.slice(from * d, to * d), [to - from, d]), xT: this.xT, hn: this.hn };
    const { distances } = await this.engine.run(this.program, feeds, { signal: this.signal, transfer: true });
    return distances!.data as Float32Array;
  }
}
