import { DatasetService, ScoreKind } from '@noema/contracts/noema/datasets/v1/dataset_service';
import { DomainError } from '@noema/kernel';
import type { TeamClients } from './dataset-catalog.js';

/** Predictions of some rows of a dataset version. */
export interface RowPredictions {
  readonly rows: ArrayLike<number>;
  /** Shape of the prediction for one sample. */
  readonly dims: readonly number[];
  /** [rows, …dims] float32, row-major. */
  readonly predictions: Float32Array;
}

/** Losses of rows [n], NaN without ground truth, and their gradients by the predictions [n, …dims], 0 without. */
export interface RowLosses {
  readonly losses: Float64Array;
  readonly gradients: Float32Array;
}

/** Rows of one request, and bytes of their predictions. */
const MAX_ROWS = 4096;
const MAX_BYTES = 2 ** 23;
/** An integration may load its data before the first sample. */
const TIMEOUT_MS = 600_000;

/**
 * Computes the metrics and the loss that the integration of a dataset version declares. Both methods throw the fault of
 * the integration with handler and sample, `precondition` INTEGRATION_DELETED, and `unsupported` PREDICTION_TOO_LARGE
 * for a prediction of more than 8 MiB.
 */
export class SampleScores {
  constructor(private readonly clients: TeamClients) {}

  /** Each metric of the rows [n] float32, NaN without ground truth. */
  async metrics(
    teamId: string,
    datasetVersionId: string,
    predicted: RowPredictions,
    signal: AbortSignal,
  ): Promise<{ readonly name: string; readonly values: Float32Array }[]> {
    const metrics = new Map<string, Float32Array>();
    for (const { from, request } of splitRequests(predicted)) {
      const { metricNames, scores } = await this.clients
        .of(DatasetService, teamId)
        .scoreSamples(
          { datasetVersionId, kind: ScoreKind.METRICS, ...request },
          { signal, timeoutMs: TIMEOUT_MS },
        );
      const values = new Float64Array(Uint8Array.from(scores).buffer);
      const count = request.rows.length;
      metricNames.forEach((name, i) => {
        const all = metrics.get(name) ?? new Float32Array(predicted.rows.length).fill(NaN);
        all.set(values.subarray(i * count, (i + 1) * count), from);
        metrics.set(name, all);
      });
    }
    return [...metrics].map(([name, values]) => ({ name, values }));
  }

  /** The losses of the rows; their gradients only where `withGradient` is true. */
  async losses(
    teamId: string,
    datasetVersionId: string,
    predicted: RowPredictions,
    { signal, withGradient }: { readonly signal: AbortSignal; readonly withGradient: boolean },
  ): Promise<RowLosses> {
    const { rows, predictions } = predicted;
    const losses = new Float64Array(rows.length);
    const gradients = new Float32Array(withGradient ? predictions.length : 0);
    const kind = withGradient ? ScoreKind.LOSS_GRADIENT : ScoreKind.LOSS;
    for (const { from, request } of splitRequests(predicted)) {
      const found = await this.clients
        .of(DatasetService, teamId)
        .scoreSamples({ datasetVersionId, kind, ...request }, { signal, timeoutMs: TIMEOUT_MS });
      losses.set(new Float64Array(Uint8Array.from(found.scores).buffer), from);
      if (withGradient)
        gradients.set(
          new Float32Array(Uint8Array.from(found.gradients).buffer),
          (from * predictions.length) / rows.length,
        );
    }
    return { losses, gradients };
  }
}

/** Cuts rows into requests. */
function* splitRequests({ rows, dims, predictions }: RowPredictions) {
  if (rows.length === 0) return;
  const width = predictions.length / rows.length;
  if (4 * width > MAX_BYTES)
    throw new DomainError(
      'unsupported',
      'PREDICTION_TOO_LARGE',
      `a prediction of [${dims.join(', ')}] has ${4 * width} bytes; integrations compute metrics and losses of ` +
        `predictions of at most ${MAX_BYTES} bytes`,
    );
  const step = Math.min(MAX_ROWS, Math.floor(MAX_BYTES / (4 * width)));
  for (let from = 0; from < rows.length; from += step) {
    const to = Math.min(rows.length, from + step);
    const part = predictions.slice(from * width, to * width);
    yield {
      from,
      request: {
        rows: Array.from({ length: to - from }, (_, i) => rows[from + i]!),
        dims: [...dims],
        predictions: new Uint8Array(part.buffer),
      },
    };
  }
}
