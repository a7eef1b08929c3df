import {
  artifactKey,
  type ArtifactStore,
  type MatrixColumn,
  type MatrixFile,
  readMatrix,
  writeMatrix,
} from '@noema/artifacts';
import { type ArtifactRef, namesOneClass } from '@noema/kernel';
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

  saveEvaluation(owner: EpochOwner, evaluation: Evaluation): Promise<ArtifactRef> {
    return this.store.put(keyOf(owner, 'evaluation.arrow'), writeMatrix(columnsOf(evaluation)), ARROW);
  }

  read(ref: ArtifactRef): Promise<Uint8Array> {
    return this.store.get(ref);
  }

  async readEvaluation(ref: ArtifactRef): Promise<Evaluation> {
    return evaluationOf(readMatrix(await this.store.get(ref)));
  }
}

/** The columns that the task gives; without ground truth none that needs it. */
function columnsOf({
  rows,
  width,
  task,
  hasLoss,
  loss,
  predictedClass,
  trueClass,
  correct,
  outputs,
  targets,
  residual,
  pixelAccuracy,
  iou,
}: Evaluation): MatrixColumn[] {
  const one = (name: string, data: MatrixColumn['data'] | undefined): MatrixColumn[] =>
    data === undefined ? [] : [{ name, data, rows, dims: [] }];
  const isCompared = hasLoss.includes(1);
  const hasClass = task === undefined || namesOneClass(task);
  return [
    ...one('loss', loss),
    ...one('has_loss', hasLoss),
    ...(hasClass ? one('predicted_class', predictedClass) : []),
    ...(hasClass && isCompared ? one('true_class', trueClass) : []),
    ...((hasClass || task === 'multi-label') && isCompared ? one('correct', correct) : []),
    { name: task === 'regression' ? 'predictions' : 'probabilities', data: outputs, rows, dims: [width] },
    ...(targets === undefined ? [] : [{ name: 'targets', data: targets, rows, dims: [width] }]),
    ...one('residual', residual),
    ...one('pixel_accuracy', pixelAccuracy),
    ...one('iou', iou),
  ];
}

function evaluationOf(file: MatrixFile): Evaluation {
  const names = new Set(file.columns.map(({ name }) => name));
  const { rows } = file;
  const classes = (name: string): Int32Array =>
    names.has(name) ? file.int32(name).data : new Int32Array(rows).fill(-1);
  const numbers = (name: string): Float32Array | undefined =>
    names.has(name) ? file.float32(name).data : undefined;
  const outputs = file.float32(names.has('predictions') ? 'predictions' : 'probabilities');
  const [targets, residual, pixelAccuracy, iou] = ['targets', 'residual', 'pixel_accuracy', 'iou'].map(
    numbers,
  );
  return {
    rows,
    width: outputs.dims[0] ?? 1,
    outputs: outputs.data,
    hasLoss: file.uint8('has_loss').data,
    loss: file.float32('loss').data,
    predictedClass: classes('predicted_class'),
    trueClass: classes('true_class'),
    correct: names.has('correct') ? file.uint8('correct').data : new Uint8Array(rows),
    ...(targets && { targets }),
    ...(residual && { residual }),
    ...(pixelAccuracy && { pixelAccuracy }),
    ...(iou && { iou }),
  };
}

const keyOf = ({ teamId, projectId, runId, epoch }: EpochOwner, name: string): string =>
  artifactKey({ teamId, projectId, kind: EPOCH_KIND, id: runId, part: `epochs/${epoch}/${name}` });
