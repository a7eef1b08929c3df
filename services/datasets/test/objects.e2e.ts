import type { MessageInitShape } from '@bufbuild/protobuf';
import { readMatrix } from '@noema/artifacts';
import { parseArtifactRef } from '@noema/contracts';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { EpochService } from '@noema/contracts/noema/training/v1/epoch_service';
import { EvaluationService } from '@noema/contracts/noema/training/v1/evaluation_service';
import { RunService } from '@noema/contracts/noema/training/v1/run_service';
import type {
  SampleEvaluation,
  SampleEvaluationSchema,
  SampleObject,
  SampleObjectSchema,
} from '@noema/contracts/noema/training/v1/sample_evaluation';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { Task } from '@noema/contracts/noema/type/v1/task';
import { DomainError } from '@noema/kernel';
import { catchReason, type Peer, peer, waitFor } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  OTHER_PROJECT,
  OTHER_TEAM,
  PROJECT,
  type RunningDatasets,
  startDatasets,
  TEAM,
} from './running-datasets.js';

type Evaluation = Exclude<MessageInitShape<typeof SampleEvaluationSchema>, SampleEvaluation>;
type Found = Exclude<MessageInitShape<typeof SampleObjectSchema>, SampleObject>;

/** Pictures of the data: more than are read at a time. The last ones are without ground truth. */
const [TRAINING, VALIDATION, UNLABELED] = [300, 4, 2];
/** Runs by id; `many` has an object on each picture of the training split in addition. */
const [RUN, MANY, EMPTY, CLASSIFIER, FLAT, SLOW, MOVING] = [
  'boxes',
  'many',
  'empty',
  'classifier',
  'flat',
  'slow',
  'moving',
];

const left: Found = { x: 0, y: 0, width: 0.5, height: 1, classIndex: 0, className: 'cat' };
const right: Found = { x: 0.5, y: 0, width: 0.5, height: 1, classIndex: 1, className: 'dog' };

/** The first picture of each split has objects. */
function evaluate(runId: string, row: number): Evaluation {
  const [split, first] =
    row < TRAINING
      ? [Split.TRAINING, 0]
      : row < TRAINING + VALIDATION
        ? [Split.VALIDATION, TRAINING]
        : [Split.UNLABELED, TRAINING + VALIDATION];
  const sample = { split, sampleId: `s${row - first}` };
  if (runId === EMPTY) return { row, sample };
  if (split === Split.UNLABELED)
    return { row, sample, predictedObjects: row === first ? [{ ...right, score: 0.5 }] : [] };
  if (row > first)
    return { row, sample, trueObjects: runId === MANY ? [{ ...left, outcome: 'missed' }] : [] };
  return {
    row,
    sample,
    trueObjects: [
      { ...left, outcome: 'true-positive' },
      { ...right, outcome: 'missed' },
    ],
    predictedObjects: [
      { ...left, score: 0.75, outcome: 'true-positive' },
      { ...right, width: 0.25, score: 0.5, outcome: 'badly-placed' },
    ],
  };
}

/** The evaluations of `slow` wait for it. */
let release = (): void => undefined;
const gate = new Promise<void>((resolve) => {
  release = resolve;
});

/** Ids of dataset versions by run, and what was requested of the evaluations. */
const datasets = new Map<string, string>();
const requested: { readonly runId: string; readonly rows: readonly number[] }[] = [];

const runsPeer: Peer = peer(RunService, {
  getRun: ({ runId }, { principal }) => {
    const datasetVersionId = datasets.get(runId);
    if (datasetVersionId === undefined || principal.teamId !== TEAM)
      throw new DomainError('not-found', 'RUN_NOT_FOUND', `there is no run "${runId}"`);
    const task = runId === CLASSIFIER ? Task.MULTI_CLASS : Task.DETECTION;
    return { run: { id: runId, projectId: PROJECT, displayName: runId, datasetVersionId, task } };
  },
});
const epochsPeer: Peer = peer(EpochService, {
  getEpoch: ({ runId, epoch }) => {
    if (epoch > 2)
      throw new DomainError('not-found', 'EPOCH_NOT_FOUND', `run "${runId}" has no finished epoch ${epoch}`);
    return { epoch: { epoch: epoch === 0 ? 2 : epoch } };
  },
});
const evaluationsPeer: Peer = peer(EvaluationService, {
  listSampleEvaluations: async ({ runId, epoch, rows, orderBy, pageSize }) => {
    expect({ epoch, orderBy, pageSize }).toEqual({ epoch: 2, orderBy: 'row', pageSize: rows.length });
    requested.push({ runId, rows });
    if (runId === SLOW) await gate;
    const isMoved = runId === MOVING && requested.filter((one) => one.runId === MOVING).length > 2;
    return { evaluations: rows.map((row) => evaluate(isMoved ? EMPTY : runId, row)) };
  },
});

/** Pictures of 2 by 4 pixels, whose numbers are their row and their column. */
const PICTURES_CODE = `
const split = (first, length) => ({
  length,
  ids: Array.from({ length }, (_, i) => 's' + i),
  data: { first },
});
const pixels = (number) => Float32Array.from({ length: 8 }, (_, i) => (number % 10) / 20 + (i % 4) / 10);
export const integration = defineIntegration({
  name: 'pictures',
  preprocess: () => ({
    training: split(0, ${TRAINING}),
    validation: split(${TRAINING}, ${VALIDATION}),
    unlabeled: split(${TRAINING + VALIDATION}, ${UNLABELED}),
  }),
  inputs: { image: ({ index, data }) => tensor(pixels(data.first + index), [2, 4, 1]) },
  groundTruths: { class: ({ index }) => oneHot(index % 2, ['cat', 'dog']) },
  predictions: { groundTruth: 'class', labels: ['cat', 'dog'] },
});`;

let running: RunningDatasets;
beforeAll(async () => {
  running = await startDatasets({ trainingPeers: [runsPeer, epochsPeer, evaluationsPeer] });
  await running.startWorker();
  const { integration } = await running.register(PICTURES_CODE);
  const { version } = await running.ingest(integration.id, 128);
  for (const run of [RUN, MANY, EMPTY, CLASSIFIER, SLOW, MOVING]) datasets.set(run, version.id);
  const flat = await running.register(PICTURES_CODE.replace('[2, 4, 1]', '[8]'));
  datasets.set(FLAT, (await running.ingest(flat.integration.id)).version.id);
});
afterAll(() => running.stop());

const register = async (runId: string, epoch = 0, projectId = PROJECT, api = running.api) =>
  (
    await api.integrations.createIntegration({
      projectId,
      source: { source: { case: 'objects', value: { runId, epoch } } },
    })
  ).integration!;

/** Numbers of a tensor of all rows of a version. */
async function readNumbers(datasetVersionId: string, of: 'inputs' | 'groundTruths', name: string) {
  const { shards } = await running.api.versions.listShards({ datasetVersionId });
  const parts = await Promise.all(
    shards.map(async ({ [of]: ref, rowCount }) => {
      if (ref === undefined) return new Array<number>(2 * rowCount).fill(NaN);
      return [...readMatrix(await running.store.get(parseArtifactRef(ref, of))).float32(name).data];
    }),
  );
  return parts.flat();
}

describe('the objects of a run', () => {
  it('become samples with their class, crop and metadata, true ones before predicted ones', async () => {
    const integration = await register(RUN);
    expect(integration.displayName).toBe('objects of boxes');
    expect(integration.source?.source).toMatchObject({ case: 'objects', value: { runId: RUN, epoch: 2 } });
    const { version, job } = await running.ingest(integration.id, 3);
    expect(job.state).toBe(JobState.SUCCEEDED);
    expect(version).toMatchObject({ sampleCount: 7, classNames: ['cat', 'dog'], groupField: 'picture' });
    expect(version.inputs.map(({ name, dims }) => [name, dims])).toEqual([['image', [2, 4, 1]]]);
    expect(version.splits.map(({ split, count }) => [split, count])).toEqual([
      [Split.TRAINING, 2],
      [Split.VALIDATION, 2],
      [Split.UNLABELED, 3],
    ]);
    const { samples } = await running.api.samples.listSamples({
      datasetVersionId: version.id,
      pageSize: 100,
    });
    expect(samples.map(({ ref }) => ref?.sampleId)).toEqual([
      ...['s0-1', 's0-2', 's0-1', 's0-2', 'training-s0-2', 'validation-s0-2', 'unlabeled-s0-1'],
    ]);
    expect(samples.map(({ classIndex }) => classIndex)).toEqual([0, 1, 0, 1, -1, -1, -1]);
    expect(samples[1]!.metadata).toEqual({
      ...{ kind: 'ground truth', class: 'dog', outcome: 'missed', iou: 0.5, picture: 'training/s0' },
      ...{ x: 0.5, y: 0, width: 0.5, height: 1 },
    });
    expect(samples[5]!.metadata).toEqual({
      ...{ kind: 'predicted', class: 'dog', outcome: 'badly-placed', score: 0.5, iou: 0.5 },
      ...{ picture: 'validation/s0', x: 0.5, y: 0, width: 0.25, height: 1 },
    });
    expect(samples[6]!.metadata).toEqual({
      ...{ kind: 'predicted', class: 'dog', score: 0.5, picture: 'unlabeled/s0' },
      ...{ x: 0.5, y: 0, width: 0.5, height: 1 },
    });
    expect(await readNumbers(version.id, 'groundTruths', 'class')).toEqual([
      ...[1, 0, 0, 1, 1, 0, 0, 1],
      ...[NaN, NaN, NaN, NaN, NaN, NaN],
    ]);
    // The left half with its margin is 2.2 pixels wide: 4 pixels of 0.55 each.
    const inputs = await readNumbers(version.id, 'inputs', 'image');
    [0, 0.0325, 0.0875, 0.1425].forEach((value, x) => expect(inputs[x]).toBeCloseTo(value, 6));
    const { body } = await running.api.samples.getSampleVisual({
      datasetVersionId: version.id,
      split: Split.TRAINING,
      sampleId: 's0-1',
      visualizer: 'crop',
    });
    expect(Buffer.from(body!.data).readUInt32BE(16)).toBe(3);
  });

  it('are read in parts, each shard from the pictures that have its rows', async () => {
    requested.length = 0;
    const { version, job } = await running.ingest((await register(MANY)).id, 302);
    expect(job.state).toBe(JobState.SUCCEEDED);
    expect(version.sampleCount).toBe(2 + 299 + 2 + 3 + 3);
    const ranges = requested.map(({ rows }) => `${rows[0]}-${rows.at(-1)}`).sort();
    // The plan reads all pictures once; only the second shard has predictions.
    expect(ranges).toEqual(['0-249', '0-249', '0-249', '250-305', '250-305', '250-305', '250-305']);
  });

  it('are a version of their own content: the same run gives the same version', async () => {
    const [first, again] = [await register(RUN), await register(RUN)];
    expect(again.digest).toBe(first.digest);
    const ids = [];
    for (const { id } of [first, again]) ids.push((await running.ingest(id, 3)).version.id);
    expect(ids[1]).toBe(ids[0]);
  });

  it.each([
    ['a run that predicts no objects', CLASSIFIER, 0, 'precondition RUN_NOT_DETECTION'],
    ['a run that does not exist', 'none', 0, 'not-found RUN_NOT_FOUND'],
    ['an epoch that does not exist', RUN, 3, 'not-found EPOCH_NOT_FOUND'],
    ['data without pictures', FLAT, 0, 'precondition PICTURES_MISSING'],
  ])('are refused for %s', async (_, runId, epoch, reason) => {
    expect(await catchReason(register(runId, epoch))).toBe(reason);
  });

  it('are refused where there are none', async () => {
    const { job } = await running.ingest((await register(EMPTY)).id);
    expect(job).toMatchObject({ state: JobState.FAILED, fault: { reason: 'OBJECTS_MISSING' } });
  });

  it('are no longer read once their job is cancelled', async () => {
    const { datasetVersion, job } = await running.api.versions.createDatasetVersion({
      projectId: PROJECT,
      integrationId: (await register(SLOW)).id,
    });
    const isSlow = ({ runId }: (typeof requested)[number]): boolean => runId === SLOW;
    await waitFor(() => requested.some(isSlow), { what: 'the first evaluations' });
    await running.api.jobs.cancelJob({ service: 'datasets', jobId: job!.id });
    release();
    const ended = await waitFor(
      async () => {
        const { job: now } = await running.api.jobs.getJob({ service: 'datasets', jobId: job!.id });
        return now!.state === JobState.CANCELLED ? now : undefined;
      },
      { what: 'the end of the job' },
    );
    expect(ended.state).toBe(JobState.CANCELLED);
    expect(requested.filter(isSlow)).toHaveLength(1);
    await running.api.versions.deleteDatasetVersion({ datasetVersionId: datasetVersion!.id });
  });

  it('are refused where the epoch was evaluated anew after they were counted', async () => {
    const { job } = await running.ingest((await register(MOVING)).id);
    expect(job).toMatchObject({ state: JobState.FAILED, fault: { reason: 'OBJECTS_CHANGED' } });
  });

  it('are not seen by another team or in another project', async () => {
    const other = running.as(OTHER_TEAM);
    expect(await catchReason(register(RUN, 0, OTHER_PROJECT, other))).toBe('not-found RUN_NOT_FOUND');
    const { id: integrationId } = await register(RUN);
    expect(await catchReason(other.integrations.getIntegration({ integrationId }))).toBe(
      'not-found INTEGRATION_NOT_FOUND',
    );
  });

  it('stop being read when the data of the run are deleted', async () => {
    const { integration } = await running.register(
      PICTURES_CODE.replace("name: 'pictures'", "name: 'others'"),
    );
    const { version } = await running.ingest(integration.id, 64);
    datasets.set('orphan', version.id);
    const { id } = await register('orphan');
    await running.api.versions.deleteDatasetVersion({ datasetVersionId: version.id });
    const { job } = await running.ingest(id);
    expect(job).toMatchObject({ state: JobState.FAILED, fault: { reason: 'DATASET_VERSION_NOT_FOUND' } });
  });
});
