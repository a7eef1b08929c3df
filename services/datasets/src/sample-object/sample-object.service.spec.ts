import { DomainError, uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { readyVersion } from '../../test/ready-version.js';
import type { DatasetVersion, TensorSpec } from '../dataset-version/dataset-version.js';
import type { EvaluatedRun } from '../peers/training.client.js';
import { SampleObjectService } from './sample-object.service.js';

const [TEAM, PROJECT] = ['team', uuidv7()];
const picture: TensorSpec = { name: 'image', type: 'float32', dims: [32, 32, 3] };

let run: EvaluatedRun;
let version: DatasetVersion | undefined;
let service: SampleObjectService;

beforeEach(() => {
  const ready = readyVersion({ inputs: [picture] });
  version = ready;
  run = {
    projectId: PROJECT,
    displayName: 'cars',
    datasetVersionId: ready.id,
    epoch: 3,
    outputs: [{ output: '', task: 'detection' }],
  };
  service = new SampleObjectService(
    memoryWork,
    { find: (id) => Promise.resolve(version?.id === id ? version : undefined) },
    {
      findRun: (_team, runId) =>
        runId === 'run'
          ? Promise.resolve(run)
          : Promise.reject(new DomainError('not-found', 'RUN_NOT_FOUND', '')),
    },
  );
});

const find = (projectId = PROJECT, runId = 'run') => service.find(TEAM, projectId, { runId, epoch: 0 });

describe('the objects of a run', () => {
  it('are known by the run, the number of the epoch and the data', async () => {
    expect(await find()).toEqual({
      displayName: 'objects of cars',
      source: { runId: 'run', epoch: 3, output: '', datasetVersionId: version!.id },
    });
  });

  it('are of the first output that predicts some', async () => {
    run = {
      ...run,
      outputs: [
        { output: '', task: 'multi-class' },
        { output: 'boxes', task: 'detection' },
      ],
    };
    expect((await find()).source.output).toBe('boxes');
  });

  it('are refused for a run of another project', async () => {
    await expect(find(uuidv7())).rejects.toMatchObject({ kind: 'not-found', reason: 'RUN_NOT_FOUND' });
  });

  it('are refused for a run of another task, which is named', async () => {
    run = { ...run, outputs: [{ output: '', task: 'multi-class' }] };
    await expect(find()).rejects.toMatchObject({
      reason: 'RUN_NOT_DETECTION',
      message: expect.stringContaining('its task is multi-class'),
    });
  });

  it.each([
    ['are no pictures', [{ ...picture, dims: [64] }], /"image" \[64\]/],
    ['are several', [picture, { ...picture, name: 'depth' }], /"depth" \[32, 32, 3\]/],
  ])('are refused where the inputs %s', async (_, inputs, message) => {
    version = { ...readyVersion({ inputs }), id: run.datasetVersionId as DatasetVersion['id'] };
    await expect(find()).rejects.toMatchObject({
      reason: 'PICTURES_MISSING',
      message: expect.stringMatching(message),
    });
  });

  it('are refused where the data name no classes', async () => {
    version = { ...readyVersion({ inputs: [picture], classNames: [] }), id: version!.id };
    await expect(find()).rejects.toMatchObject({ reason: 'CLASS_NAMES_MISSING' });
  });

  it('are refused when the data were deleted', async () => {
    version = undefined;
    await expect(find()).rejects.toMatchObject({ reason: 'DATASET_VERSION_NOT_FOUND' });
  });
});
