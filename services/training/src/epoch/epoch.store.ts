import { Inject, Injectable } from '@nestjs/common';
import { artifactKey, type ArtifactStore } from '@noema/artifacts';
import { ARTIFACT_STORE } from '@noema/host';
import type { ArtifactRef } from '@noema/kernel';
import {
  ARROW_MEDIA_TYPE,
  EvaluationFile,
  type StoredOutput,
  writeEvaluation,
} from '@noema/population/files';
import type { OutputEvaluation } from '@noema/population/rules';

/** Third part of the keys of what epochs store. */
export const EPOCH_KIND = 'runs';

const BINARY = 'application/octet-stream';

/** Whose epoch an artifact is. */
export interface EpochOwner {
  readonly teamId: string;
  readonly projectId: string;
  readonly runId: string;
  readonly epoch: number;
}

/** Stores checkpoints and evaluations of epochs in the artifact store. */
@Injectable()
export class EpochStore {
  constructor(@Inject(ARTIFACT_STORE) private readonly store: ArtifactStore) {}

  saveWeights(owner: EpochOwner, bytes: Uint8Array): Promise<ArtifactRef> {
    return this.store.put(formatKey(owner, 'weights.bin'), bytes, BINARY);
  }

  saveState(owner: EpochOwner, bytes: Uint8Array): Promise<ArtifactRef> {
    return this.store.put(formatKey(owner, 'optimizer.bin'), bytes, BINARY);
  }

  /** Saves the evaluation by each output, the first output first. */
  saveEvaluation(owner: EpochOwner, outputs: readonly OutputEvaluation[]): Promise<ArtifactRef> {
    return this.store.put(formatKey(owner, 'evaluation.arrow'), writeEvaluation(outputs), ARROW_MEDIA_TYPE);
  }

  read(ref: ArtifactRef): Promise<Uint8Array> {
    return this.store.get(ref);
  }

  /** The evaluation by an output, the first one for ''. Throws `not-found` OUTPUT_NOT_FOUND. */
  async readEvaluation(ref: ArtifactRef, output = ''): Promise<OutputEvaluation> {
    return toEvaluation(EvaluationFile.read(await this.store.get(ref)).find(output));
  }
}

/** An output, with −1 for classes that it does not have. */
function toEvaluation(output: StoredOutput): OutputEvaluation {
  const { rows, numbers, targets, residual, pixelAccuracy, iou, trueObjects } = output;
  const { predictedPositions, truePositions } = output;
  const { missed, wrongClass, badlyPlaced, falsePositives, metrics } = output;
  const none = (): Int32Array => new Int32Array(rows).fill(-1);
  return {
    rows,
    width: numbers?.width ?? 0,
    outputs: numbers?.data ?? new Float32Array(),
    hasLoss: output.hasLoss,
    loss: output.loss,
    predictedClass: output.predictedClass ?? none(),
    trueClass: output.trueClass ?? none(),
    correct: output.correct ?? new Uint8Array(rows),
    ...(targets && { targets: targets.data }),
    ...(residual && { residual }),
    ...(pixelAccuracy && { pixelAccuracy }),
    ...(iou && { iou }),
    ...(predictedPositions && { predictedPositions }),
    ...(truePositions && { truePositions }),
    ...(trueObjects && { trueObjects }),
    ...(missed && { missed }),
    ...(wrongClass && { wrongClass }),
    ...(badlyPlaced && { badlyPlaced }),
    ...(falsePositives && { falsePositives }),
    ...(metrics.length > 0 && { metrics }),
  };
}

const formatKey = ({ teamId, projectId, runId, epoch }: EpochOwner, name: string): string =>
  artifactKey({ teamId, projectId, kind: EPOCH_KIND, id: runId, part: `epochs/${epoch}/${name}` });
