import { DomainError } from '@noema/kernel';
import { answerInvalid } from '../runner/frame.js';
import type { ScoredPopulation, ScoreKind, ScoreResponse } from '../runner/runner.protocol.js';
import { BodyReader } from '../runner/shard.body.js';
import type { DatasetContent, DeclaredScores } from '../dataset-version/dataset-version.js';

export type { ScoreKind };

/** Rows of one request. */
export const MAX_ROWS = 4096;
/** Bytes of the predictions of one request. */
export const MAX_PREDICTION_BYTES = 2 ** 23;
const MAX_DIMS = 8;

/** Predictions of some rows. */
export interface Predictions {
  readonly kind: ScoreKind;
  readonly rows: Uint32Array;
  /** Shape of the prediction for one sample. */
  readonly dims: readonly number[];
  /** [rows, …dims], row-major. */
  readonly predictions: Float32Array;
}

/** Request to a process of user code. */
export interface ScoreRequest extends Predictions {
  /** Requests with the same key may share a process. */
  readonly key: string;
  readonly plan: ScoredPopulation;
}

/** Numbers that an integration computed. */
export interface Scores {
  /** Names of the metrics, empty for a loss. */
  readonly metrics: readonly string[];
  /** Each metric, or the loss: [rows], NaN without ground truth. */
  readonly values: readonly Float64Array[];
  /** [rows, …dims]; empty unless they were requested. */
  readonly gradients: Float32Array;
}

/** Throws `invalid` SCORES_INVALID for rows, a shape or numbers that do not fit each other or the population. */
export function checkPredictions(
  { rows, dims, predictions }: Predictions,
  { sampleCount }: Pick<DatasetContent, 'sampleCount'>,
): void {
  const fault = (what: string): DomainError => new DomainError('invalid', 'SCORES_INVALID', what);
  if (rows.length === 0 || rows.length > MAX_ROWS)
    throw fault(`the request has ${rows.length} rows; send 1 to ${MAX_ROWS}`);
  const outside = rows.find((row) => row >= sampleCount);
  if (outside !== undefined)
    throw fault(`row ${outside} is not one of the ${sampleCount} rows of the dataset version`);
  if (dims.length > MAX_DIMS || dims.some((dim) => !Number.isInteger(dim) || dim < 1))
    throw fault(`[${dims.slice(0, 20).join(', ')}] is no shape; give at most ${MAX_DIMS} sizes from 1`);
  const size = dims.reduce((a, b) => a * b, 1);
  if (predictions.length !== rows.length * size)
    throw fault(
      `${predictions.length} numbers are not the predictions of ${rows.length} samples in the shape ` +
        `[${dims.join(', ')}]`,
    );
  if (predictions.byteLength > MAX_PREDICTION_BYTES)
    throw fault(
      `the predictions have ${predictions.byteLength} bytes; send at most ${MAX_PREDICTION_BYTES} in one request`,
    );
}

/**
 * Reads the scores that a process of user code sent. Throws `invalid` INTEGRATION_ANSWER_INVALID for names that the
 * version does not declare, and for numbers that are not finite in a row with ground truth.
 */
export function readScores(
  { metrics }: ScoreResponse,
  body: Buffer,
  { kind, rows, predictions }: Predictions,
  {
    declared,
    isLabelled,
  }: { readonly declared: DeclaredScores; readonly isLabelled: (row: number) => boolean },
): Scores {
  const expected = kind === 'metrics' ? declared.metrics : [];
  if (metrics.join() !== expected.join())
    throw answerInvalid(`the metrics ${metrics.join(', ')} instead of ${expected.join(', ')}`);
  const reader = new BodyReader(body, answerInvalid);
  const values = Array.from({ length: kind === 'metrics' ? metrics.length : 1 }, () =>
    reader.float64(rows.length),
  );
  const gradients =
    kind === 'gradient' ? Float32Array.from(reader.float32(predictions.length)) : new Float32Array(0);
  reader.end();
  const isWrong = (value: number, at: number): boolean =>
    isLabelled(rows[at]!) ? !Number.isFinite(value) : !Number.isNaN(value);
  if (values.some((numbers) => numbers.some(isWrong))) throw answerInvalid('a score that is not finite');
  if (!gradients.every(Number.isFinite)) throw answerInvalid('a gradient that is not finite');
  return { metrics, values, gradients };
}
