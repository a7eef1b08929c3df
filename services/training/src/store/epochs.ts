import { artifactKey, type ArtifactStore, readMatrix, writeMatrix } from '@noema/artifacts';
import type { ArtifactRef } from '@noema/kernel';
import type { EpochOwner, EpochStore, Evaluation } from '../domain/training.ports.js';

/** Third part of the keys of what epochs store. */
export const EPOCH_KIND = 'runs';

const ARROW = 'application/vnd.apache.arrow.file';
const BINARY = 'application/octet-stream';

/** Checkpoints and evaluations of epochs in the artifact store. */
export class ArtifactEpochs implements EpochStore {
  constructor(private readonly store: ArtifactStore) {}

  saveWeights(owner: EpochOwner, bytes: Uint8Array): Promise<ArtifactRef> {
    return this.store.put(keyOf(owner, 'weights.bin'), bytes, BINARY);
  }

  saveState(owner: EpochOwner, bytes: Uint8Array): Promise<ArtifactRef> {
    return this.store.put(keyOf(owner, 'optimizer.bin'), bytes, BINARY);
  }

  saveEvaluation(owner: EpochOwner, { rows, width, hasLoss, loss, predictedClass, trueClass, correct, probabilities }: Evaluation): Promise<ArtifactRef> {
    return this.store.put(keyOf(owner, 'evaluation.arrow'), writeMatrix([
      { name: 'loss', data: loss, rows, dims: [] },
      { name: 'has_loss', data: hasLoss, rows, dims: [] },
      { name: 'predicted_class', data: predictedClass, rows, dims: [] },
      { name: 'true_class', data: trueClass, rows, dims: [] },
      { name: 'correct', data: correct, rows, dims: [] },
      { name: 'probabilities', data: probabilities, rows, dims: [width] },
    ]), ARROW);
  }

  read(ref: ArtifactRef): Promise<Uint8Array> {
    return this.store.get(ref);
  }

  async readEvaluation(ref: ArtifactRef): Promise<Evaluation> {
    const file = readMatrix(await this.store.get(ref));
    const probabilities = file.float32('probabilities');
    return {
      rows: file.rows,
      width: probabilities.dims[0] ?? 1,
      hasLoss: file.uint8('has_loss').data,
      loss: file.float32('loss').data,
      predictedClass: file.int32('predicted_class').data,
      trueClass: file.int32('true_class').data,
      correct: file.uint8('correct').data,
      probabilities: probabilities.data,
    };
  }
}

const keyOf = ({ teamId, projectId, runId, epoch }: EpochOwner, name: string): string =>
  artifactKey({ teamId, projectId, kind: EPOCH_KIND, id: runId, part: `epochs/${epoch}/${name}` });
