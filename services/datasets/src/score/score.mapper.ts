import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  ScoreKind as Kind,
  type ScoreSamplesRequest,
  type ScoreSamplesResponseSchema,
} from '@noema/contracts/noema/datasets/v1/dataset_service';
import { DomainError } from '@noema/kernel';
import type { Predictions, ScoreKind, Scores } from './score.js';

const KINDS: Readonly<Partial<Record<Kind, ScoreKind>>> = {
  [Kind.METRICS]: 'metrics',
  [Kind.LOSS]: 'loss',
  [Kind.LOSS_GRADIENT]: 'gradient',
};

/** Throws `invalid` SCORES_INVALID for an unknown kind, negative rows, and bytes that are no float32. */
export function readPredictions({ kind, rows, dims, predictions }: ScoreSamplesRequest): Predictions {
  const known = KINDS[kind];
  const fault = (what: string): DomainError => new DomainError('invalid', 'SCORES_INVALID', what);
  if (known === undefined) throw fault(`kind ${kind} is unknown; give metrics, loss, or loss with gradient`);
  const negative = rows.find((row) => row < 0);
  if (negative !== undefined) throw fault(`row ${negative} is negative`);
  if (predictions.length % 4 !== 0)
    throw fault(`the predictions have ${predictions.length} bytes, which are not whole float32 numbers`);
  return {
    kind: known,
    rows: Uint32Array.from(rows),
    dims,
    predictions: new Float32Array(Uint8Array.from(predictions).buffer),
  };
}

export const scoresMessage = ({
  metrics,
  values,
  gradients,
}: Scores): MessageInitShape<typeof ScoreSamplesResponseSchema> => ({
  metricNames: [...metrics],
  scores: Buffer.concat(values.map((numbers) => new Uint8Array(numbers.buffer))),
  gradients: new Uint8Array(gradients.buffer, gradients.byteOffset, gradients.byteLength),
});
