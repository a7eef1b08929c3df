import { DomainError } from '@noema/kernel';
import type { TensorSpec } from '../dataset-version/dataset-version.js';

export const runNotFound = (runId: string): DomainError =>
  new DomainError('not-found', 'RUN_NOT_FOUND', `there is no run "${runId}" in this project; list its runs`, {
    metadata: { run_id: runId },
  });

export const runNotDetection = (runId: string, task: string): DomainError =>
  new DomainError(
    'precondition',
    'RUN_NOT_DETECTION',
    `run "${runId}" predicts no objects: its task is ${task}; name a run whose task is detection`,
    { metadata: { run_id: runId, task } },
  );

export const picturesMissing = (datasetVersionId: string, inputs: readonly TensorSpec[]): DomainError =>
  new DomainError(
    'precondition',
    'PICTURES_MISSING',
    `objects are cut out of one input [height, width, channels] or [channels, height, width] with 1, 3 or 4 ` +
      `channels; the dataset version ${datasetVersionId} has ` +
      inputs.map(({ name, dims }) => `"${name}" [${dims.join(', ')}]`).join(', '),
    { metadata: { dataset_version_id: datasetVersionId } },
  );

export const classNamesMissing = (datasetVersionId: string): DomainError =>
  new DomainError(
    'precondition',
    'CLASS_NAMES_MISSING',
    `the dataset version ${datasetVersionId} names no classes, which are the ground truth of objects; name them, ` +
      'ingest the data again and evaluate the model on them',
    { metadata: { dataset_version_id: datasetVersionId } },
  );

export const objectsMissing = (runId: string, epoch: number): DomainError =>
  new DomainError(
    'precondition',
    'OBJECTS_MISSING',
    `after epoch ${epoch} of run "${runId}" there is no object: the ground truth is empty, and no prediction ` +
      'reaches the score threshold of the loss; name another epoch, or evaluate with a lower score_threshold',
    { metadata: { run_id: runId, epoch: String(epoch) } },
  );

export const objectsChanged = (runId: string, epoch: number): DomainError =>
  new DomainError(
    'precondition',
    'OBJECTS_CHANGED',
    `epoch ${epoch} of run "${runId}" was evaluated anew while its objects were read; create the dataset version ` +
      'again',
    { metadata: { run_id: runId, epoch: String(epoch) } },
  );

/** `what` completes "they have …". */
export const objectsInvalid = (what: string): DomainError =>
  new DomainError(
    'internal',
    'OBJECTS_INVALID',
    `the samples of the objects cannot be stored: they have ${what}`,
  );

export const objectsHaveNoCode = (): DomainError =>
  new DomainError(
    'unsupported',
    'OBJECTS_HAVE_NO_CODE',
    'this integration cuts out the objects of a run and has no code, so there is nothing to check',
  );
