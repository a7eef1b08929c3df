import { uuidv7 } from '@noema/kernel';
import type { OutputEvaluation } from '@noema/population/rules';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { memoryEpochs, memoryRuns, newRun, QUERY, TEAM } from '../../test/memory.js';
import type { SampleIndex } from '../dataset/dataset.js';
import { sampleNotFound } from '../dataset/dataset.errors.js';
import { EvaluationService } from './evaluation.service.js';

const IDS = ['a', 'b', 'c', 'd'];
const INDEX: SampleIndex = {
  splits: ['training', 'training', 'validation', 'unlabeled'],
  sampleIds: IDS,
  fields: new Map([['metadata.ink', 'number']]),
  getRow: (split, sampleId) => {
    const row = IDS.indexOf(sampleId);
    if (row < 0) throw sampleNotFound(split, sampleId);
    return row;
  },
};
/** Of four rows, the last without ground truth; row 1 is misclassified in the second epoch alone. */
const evaluation = (epoch: number): OutputEvaluation => ({
  rows: 4,
  width: 2,
  hasLoss: Uint8Array.of(1, 1, 1, 0),
  loss: Float32Array.of(0.5, epoch, 0.25, NaN),
  predictedClass: Int32Array.of(0, epoch === 2 ? 0 : 1, 1, 1),
  trueClass: Int32Array.of(0, 1, 1, -1),
  correct: Uint8Array.of(1, epoch === 2 ? 0 : 1, 1, 0),
  outputs: Float32Array.of(0.75, 0.25, 0.5, 0.5, 0.25, 0.75, 0, 1),
});

const run = newRun();
let reads: string[];
let service: EvaluationService;

beforeEach(() => {
  reads = [];
  return serve(3);
});

/** Serves a run with some epochs. */
async function serve(epochs: number): Promise<void> {
  const runs = memoryRuns();
  await runs.insert(run);
  service = new EvaluationService(
    memoryWork,
    runs,
    memoryEpochs(run.id, epochs),
    {
      readEvaluation: ({ uri }) => {
        reads.push(uri);
        return Promise.resolve(evaluation(Number(uri.split(' ')[1])));
      },
    },
    {
      version: (_team, id) =>
        Promise.resolve({
          id,
          projectId: run.projectId,
          isReady: true,
          sampleCount: 4,
          shardSize: 4,
          splits: [],
          inputs: [],
          groundTruths: [],
          classNames: ['no', 'yes'],
          samples: undefined,
        }),
    },
    {
      index: () => Promise.resolve(INDEX),
      columns: (_dataset, names) =>
        Promise.resolve(new Map(names.map((name) => [name, (row: number) => row / 10] as const))),
    },
    { historyCacheBytes: 1_000 },
  );
}

const signal = new AbortController().signal;
const list = async (query: Partial<typeof QUERY & { rows: number[] }> = {}, epoch = 3) =>
  service.list(TEAM, run.id, { epoch, output: '' }, { ...QUERY, rows: [], ...query }, signal);
const listIds = async (query: Parameters<typeof list>[0]) =>
  (await list(query)).items.map(({ sampleId }) => sampleId);

describe('the evaluation of a sample', () => {
  it('has its classes by name and its rank by loss', async () => {
    const found = await service.get(TEAM, run.id, { epoch: 2, output: '', split: 'training', sampleId: 'b' });
    expect(found).toMatchObject({
      row: 1,
      loss: 2,
      lossRank: 1,
      predictedClassName: 'no',
      trueClassName: 'yes',
      correct: false,
    });
  });

  it('is that of the last epoch for epoch 0, and is read once', async () => {
    const sample = { epoch: 0, output: '', split: 'training', sampleId: 'b' } as const;
    expect((await service.get(TEAM, run.id, sample)).loss).toBe(3);
    await service.get(TEAM, run.id, sample);
    expect(reads).toEqual(['evaluation 3']);
  });

  it.each([
    ['RUN_NOT_FOUND', uuidv7(), 0, 'a'],
    ['RUN_NOT_FOUND', 'no id', 0, 'a'],
    ['EPOCH_NOT_FOUND', run.id, 4, 'a'],
    ['SAMPLE_NOT_FOUND', run.id, 0, 'x'],
  ])('is refused with %s for run %s, epoch %i and sample %s', async (reason, id, epoch, sampleId) => {
    await expect(
      service.get(TEAM, id, { epoch, output: '', split: 'training', sampleId }),
    ).rejects.toMatchObject({
      reason,
    });
  });
});

describe('a list of evaluations', () => {
  it.each([
    [{}, ['b', 'a', 'c', 'd']],
    [{ orderBy: 'loss' }, ['c', 'a', 'b', 'd']],
    [{ orderBy: 'row desc' }, ['d', 'c', 'b', 'a']],
    [{ rows: [3, 0] }, ['a', 'd']],
    [{ filter: 'loss > 0.3 AND true_class = 0' }, ['a']],
    [{ filter: 'loss > 0.3 AND truth = 0' }, ['a']],
    [{ filter: 'correct = true' }, ['b', 'a', 'c']],
    [{ filter: 'true_class = null' }, ['d']],
    [{ filter: 'split = SPLIT_VALIDATION' }, ['c']],
    [{ filter: 'metadata.ink > 0.1' }, ['c', 'd']],
  ])('%j has the samples %j', async (query, ids) => {
    expect(await listIds(query)).toEqual(ids);
  });

  it('comes in pages that count all samples', async () => {
    const first = await list({ pageSize: 3, filter: 'row < 4' });
    expect([first.items.length, first.totalSize]).toEqual([3, 4]);
    const second = await list({ pageSize: 3, filter: 'row < 4', pageToken: first.nextPageToken });
    expect(second.items.map(({ sampleId }) => sampleId)).toEqual(['d']);
    expect(second.nextPageToken).toBe('');
    expect([first.bitmap, second.bitmap]).toEqual([Uint8Array.of(0b1111), Uint8Array.of(0b1111)]);
    expect((await list({ pageSize: 1, filter: 'correct = true' })).bitmap).toEqual(Uint8Array.of(0b111));
    await expect(list({ pageSize: 3, pageToken: first.nextPageToken })).rejects.toMatchObject({
      reason: 'PAGE_TOKEN_INVALID',
    });
  });

  it.each([
    ['ROW_INVALID', { rows: [4] }],
    ['FILTER_INVALID', { filter: 'metadata.pen > 1' }],
    ['ORDER_BY_INVALID', { orderBy: 'width' }],
  ])('is refused with %s for %j', async (reason, query) => {
    await expect(list(query)).rejects.toMatchObject({ reason });
  });
});

describe('the history of a sample', () => {
  const history = (sampleId: string) =>
    service.history(TEAM, run.id, { split: 'training', sampleId, output: '' }, signal);

  it('says when it was learned and forgotten', async () => {
    const { epochs, learnedEpoch, forgottenEpochs, classNames } = await history('b');
    expect(epochs.map(({ loss, correct }) => [loss, correct])).toEqual([
      [1, true],
      [2, false],
      [3, true],
    ]);
    expect([learnedEpoch, forgottenEpochs, classNames]).toEqual([3, [2], ['no', 'yes']]);
  });

  it('reads no epoch again for another sample', async () => {
    await history('a');
    await history('b');
    expect(reads).toEqual(['evaluation 1', 'evaluation 2', 'evaluation 3']);
  });

  it('has all epochs of a long run', async () => {
    await serve(300);
    const { epochs } = await history('b');
    expect(epochs.map(({ loss }) => loss)).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
  });

  it('stops at the signal', async () => {
    const sample = { split: 'training', sampleId: 'a', output: '' } as const;
    await expect(service.history(TEAM, run.id, sample, AbortSignal.abort())).rejects.toThrow(/abort/i);
    expect(reads).toEqual([]);
  });
});

it('compares selected rows with all others', async () => {
  const { selected, rest } = await service.compare(
    TEAM,
    run.id,
    { epoch: 2, output: '' },
    {
      rows: [1, 3],
      bitmap: new Uint8Array(),
    },
  );
  expect(selected).toMatchObject({ count: 2, lossCount: 1, meanLoss: 2, accuracy: 0 });
  expect(rest).toMatchObject({ count: 2, lossCount: 2, meanLoss: 0.375, accuracy: 1 });
});
