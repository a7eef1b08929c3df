import { type SampleLossResult, type Tensor } from '@noema/integration';
import { DomainError } from '@noema/kernel';
import type { ScoreKind, ScoreResponse } from './runner.protocol.js';
import { toBytes } from './shard.body.js';

/** The rows and predictions of a request, and the scores that answer it. */
export class ScoreBuffers {
  readonly rows: Uint32Array;
  private readonly predictions: Float32Array;
  private readonly size: number;
  /** Each metric, or the loss: [rows] float64. */
  private readonly scores: readonly Float64Array[];
  /** [rows, size] float32. */
  private readonly gradients: Float32Array | undefined;

  constructor(
    private readonly kind: ScoreKind,
    private readonly asked: {
      readonly rowCount: number;
      readonly dims: readonly number[];
      readonly metrics: readonly string[];
    },
    body: Buffer,
  ) {
    const { rowCount, dims, metrics } = asked;
    this.size = dims.reduce((size, dim) => size * dim, 1);
    const bytes = Uint8Array.from(body).buffer;
    this.rows = new Uint32Array(bytes, 0, rowCount);
    this.predictions = new Float32Array(bytes, 4 * rowCount, rowCount * this.size);
    this.scores = Array.from({ length: kind === 'metrics' ? metrics.length : 1 }, () =>
      new Float64Array(rowCount).fill(NaN),
    );
    this.gradients = kind === 'gradient' ? new Float32Array(rowCount * this.size) : undefined;
  }

  prediction(index: number): Tensor {
    const { predictions, size } = this;
    return {
      data: predictions.slice(index * size, (index + 1) * size),
      dims: this.asked.dims,
      type: 'float32',
    };
  }

  addMetrics(index: number, values: readonly number[]): void {
    values.forEach((value, metric) => {
      this.scores[metric]![index] = value;
    });
  }

  /** Throws `unsupported` GRADIENT_MISSING for a loss that gives no gradient where one is requested. */
  addLoss(index: number, { value, gradient }: SampleLossResult): void {
    this.scores[0]![index] = value;
    if (this.gradients === undefined) return;
    if (gradient === undefined)
      throw new DomainError(
        'unsupported',
        'GRADIENT_MISSING',
        'the loss of the integration returns no gradient, so no network can be trained with it; return its value ' +
          'and its gradient by the prediction, or evaluate only',
      );
    this.gradients.set(gradient, index * this.size);
  }

  /** A row without ground truth. */
  skip(index: number): void {
    this.gradients?.fill(0, index * this.size, (index + 1) * this.size);
  }

  finish(): { readonly answer: ScoreResponse; readonly parts: Uint8Array[] } {
    return {
      answer: { metrics: this.kind === 'metrics' ? this.asked.metrics : [] },
      parts: [...this.scores, ...(this.gradients ? [this.gradients] : [])].map(toBytes),
    };
  }
}
