import { type Engine } from '@noema/engine';
import type { DistanceBlocks, Points } from '@noema/manifold';
import { float32, type TensorData } from '@noema/onnx';
import { distanceProgram } from './distance.graph.js';

const UNIT_ROUNDOFF = 2 ** -24;

/** Blocks of the distance matrix by ONNX Runtime, and how far float32 may be off in them. */
export class EngineDistances implements DistanceBlocks {
  private readonly program = distanceProgram();
  private readonly xT: TensorData;
  private readonly hn: TensorData;
  private readonly norms: Float32Array;
  private readonly centred: Float32Array;

  constructor(private readonly engine: Engine, private readonly vectors: Points, private readonly signal?: AbortSignal) {
    const { n, d, data } = vectors;
    const centre = new Float64Array(d);
    for (let i = 0, at = 0; i < n; i++) for (let c = 0; c < d; c++) centre[c]! += data[at++]! / n;
    // Around their centre vectors have the smallest norms, so float32 loses the least.
    this.centred = new Float32Array(n * d);
    for (let i = 0, at = 0; i < n; i++) for (let c = 0; c < d; c++, at++) this.centred[at] = data[at]! - centre[c]!;
    const transposed = new Float32Array(new SharedArrayBuffer(4 * n * d)), norms = new Float32Array(new SharedArrayBuffer(4 * n));
    this.norms = norms;
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

  /** Half the squared distances without each query's own constant, [b, n] float32. */
  async of(queries: Int32Array): Promise<Float32Array> {
    const { d } = this.vectors, rows = new Float32Array(queries.length * d);
    queries.forEach((query, b) => { rows.set(this.centred.subarray(query * d, (query + 1) * d), b * d); });
    const feeds = { q: float32(rows, [queries.length, d]), xT: this.xT, hn: this.hn };
    const { distances } = await this.engine.run(this.program, feeds, { signal: this.signal, transfer: true });
    return distances!.data as Float32Array;
  }

  /** The bound of a float32 sum of products (Higham 2002, section 3.1), of what rounding to float32 does to points, and of the last subtraction. */
  error(query: number, radius: number): number {
    const length = Math.sqrt(2 * this.norms[query]!) * (1 + UNIT_ROUNDOFF), farthest = length + radius;
    return UNIT_ROUNDOFF * (this.vectors.d + 4) * (length + farthest) * farthest;
  }
}
