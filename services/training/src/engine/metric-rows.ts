import type { RowLosses, RowPredictions } from '@noema/population';
import type { SampleMetric } from '@noema/population/rules';

/** Computes metrics of rows [n] from their predictions [n, …dims]; NaN without ground truth. */
export type ScoreMetrics = (
  predicted: RowPredictions,
  signal: AbortSignal,
) => Promise<readonly SampleMetric[]>;

/** Computes losses of rows [n] from their predictions, and their gradients where they are requested. */
export type ScoreLoss = (
  predicted: RowPredictions,
  options: { readonly signal: AbortSignal; readonly withGradient: boolean },
) => Promise<RowLosses>;

/** Collects the metrics of an integration over all rows, part by part. */
export class MetricRows {
  private readonly metrics = new Map<string, Float32Array>();

  constructor(
    private readonly rows: number,
    private readonly score: ScoreMetrics,
  ) {}

  /** Computes the metrics of the rows from `firstRow` on. */
  async add(
    firstRow: number,
    { dims, predictions }: Omit<RowPredictions, 'rows'>,
    signal: AbortSignal,
  ): Promise<void> {
    const width = dims.reduce((size, dim) => size * dim, 1);
    const rows = Int32Array.from({ length: predictions.length / width }, (_, i) => firstRow + i);
    for (const { name, values } of await this.score({ rows, dims, predictions }, signal)) {
      const all = this.metrics.get(name) ?? new Float32Array(this.rows).fill(NaN);
      all.set(values, firstRow);
      this.metrics.set(name, all);
    }
  }

  all(): readonly SampleMetric[] {
    return [...this.metrics].map(([name, values]) => ({ name, values }));
  }
}
