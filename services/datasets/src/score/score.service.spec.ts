import { memoryWork } from '@noema/testing';
import { uuidv7 } from '@noema/kernel';
import { beforeEach, describe, expect, it } from 'vitest';
import { artifact, oneVersion, readyVersion } from '../../test/ready-version.js';
import type { ReadyDatasetVersion } from '../dataset-version/dataset-version.js';
import type { Integration } from '../integration/integration.js';
import type { Predictions, ScoreRequest } from './score.js';
import { ScoreService } from './score.service.js';

const TEAM = 'team';
const { signal } = new AbortController();
const METRICS: Predictions = {
  kind: 'metrics',
  rows: Uint32Array.of(1, 500, 0),
  dims: [2],
  predictions: Float32Array.of(0, 1, 2, 3, 4, 5),
};
const LOSS: Predictions = { ...METRICS, kind: 'loss' };
const GRADIENT: Predictions = { ...METRICS, kind: 'gradient' };
const SCORES = { metrics: ['error', 'rank'], loss: true, populationDigest: 'd'.repeat(64) };
const VERSION = readyVersion({
  splits: [
    { split: 'training', count: 400, firstRow: 0 },
    { split: 'unlabeled', count: 200, firstRow: 400 },
  ],
  skipped: [{ split: 'training', sampleId: '9', index: 9, row: 9, reason: 'R', message: 'm', metadata: {} }],
  scores: SCORES,
});

let version: ReadyDatasetVersion;
let integrations: Integration[];
let asked: ScoreRequest[];
let log: string[];
/** Names of metrics and numbers that the process of the integration sends. */
let metrics: readonly string[];
let body: readonly (Float64Array | Float32Array)[];
let service: ScoreService;

beforeEach(() => {
  version = VERSION;
  integrations = [
    {
      id: VERSION.integrationId,
      projectId: VERSION.projectId,
      displayName: 'scored',
      createTime: new Date(0),
      modulePath: '/code/scored.mjs',
      bundle: artifact('bundle'),
      wheels: [],
      data: null,
      uploadId: null,
      digest: 'digest',
      hosts: [],
      secrets: ['token'],
    },
  ];
  [asked, log] = [[], []];
  metrics = ['error', 'rank'];
  body = [Float64Array.of(0.5, NaN, 1.5), Float64Array.of(1, NaN, 2)];
  service = new ScoreService(
    memoryWork,
    { getReady: (team, id) => oneVersion(version).getReady(team, id) },
    { find: (id) => Promise.resolve(integrations.find((one) => one.id === id)) },
    {
      openSecrets: (team, names, purpose) => {
        log.push(`${team} opens ${names.join()} for ${purpose}`);
        return Promise.resolve({ token: 'sesame' });
      },
    },
    {
      score: async ({ openSecrets }, request) => {
        await openSecrets();
        asked.push(request);
        const bytes = body.map((part) => Buffer.from(part.buffer));
        return { result: { metrics }, body: Buffer.concat(bytes) };
      },
    },
    {
      run: (team, _signal, work) => {
        log.push(`turn of ${team}`);
        return work();
      },
    },
  );
});

const score = (request: Predictions = METRICS, id: string = version.id) =>
  service.score(TEAM, id, request, signal);

describe('scores of samples', () => {
  it('come from the integration of the version, in a turn of the team and with its secrets', async () => {
    const { metrics: names, values, gradients } = await score();
    expect(names).toEqual(['error', 'rank']);
    expect(values.map((numbers) => [...numbers])).toEqual([
      [0.5, NaN, 1.5],
      [1, NaN, 2],
    ]);
    expect(gradients).toHaveLength(0);
    expect(log).toEqual(['turn of team', `team opens token for dataset_version/${version.id}`]);
  });

  it('take the population of the version, without the samples that it left out', async () => {
    await score();
    const { inputs, groundTruths, visualizers } = version.ready.content;
    expect(asked).toEqual([
      {
        ...METRICS,
        key: version.id,
        plan: {
          inputs,
          groundTruths,
          visualizers,
          populationDigest: SCORES.populationDigest,
          skippedRows: [9],
        },
      },
    ]);
  });

  it('are losses, with gradients where they are requested', async () => {
    [metrics, body] = [[], [Float64Array.of(0.5, NaN, 1.5)]];
    expect([...(await score(LOSS)).values[0]!]).toEqual([0.5, NaN, 1.5]);
    body = [...body, Float32Array.of(1, 2, 0, 0, 3, 4)];
    expect([...(await score(GRADIENT)).gradients]).toEqual([1, 2, 0, 0, 3, 4]);
  });
});

describe('scores are refused', () => {
  it('of an integration that declares none', async () => {
    version = readyVersion();
    await expect(score()).rejects.toMatchObject({ kind: 'unsupported', reason: 'SCORES_MISSING' });
  });

  it('of an integration that was deleted', async () => {
    integrations = [];
    await expect(score()).rejects.toMatchObject({ kind: 'precondition', reason: 'INTEGRATION_DELETED' });
  });

  it('of another version', async () => {
    await expect(score(METRICS, uuidv7())).rejects.toMatchObject({ reason: 'DATASET_VERSION_NOT_FOUND' });
  });

  it.each<[string, Partial<Predictions>, RegExp]>([
    ['without rows', { rows: new Uint32Array(0) }, /has 0 rows; send 1 to 4096/],
    ['of too many rows', { rows: new Uint32Array(4_097) }, /has 4097 rows/],
    ['of a row that is not there', { rows: Uint32Array.of(600, 0, 1) }, /row 600 is not one of the 600/],
    ['of a shape without size', { dims: [0] }, /\[0\] is no shape/],
    ['of another shape', { dims: [3] }, /6 numbers are not the predictions of 3 samples in the shape \[3\]/],
    [
      'of predictions that are too large',
      { rows: Uint32Array.of(0), dims: [2 ** 21 + 1], predictions: new Float32Array(2 ** 21 + 1) },
      /8388612 bytes; send at most 8388608/,
    ],
  ])('%s, before user code runs', async (_what, changes, message) => {
    await expect(score({ ...METRICS, ...changes })).rejects.toMatchObject({
      kind: 'invalid',
      reason: 'SCORES_INVALID',
      message: expect.stringMatching(message) as string,
    });
    expect([asked, log]).toEqual([[], []]);
  });

  it.each<[string, Predictions, readonly string[], readonly (Float64Array | Float32Array)[]]>([
    ['of another name', METRICS, ['error', 'other'], [new Float64Array(6)]],
    ['that is NaN with ground truth', LOSS, [], [Float64Array.of(NaN, NaN, 1)]],
    ['that is a number without ground truth', LOSS, [], [Float64Array.of(1, 1, 1)]],
    ['that lacks rows', LOSS, [], [Float64Array.of(1, NaN)]],
    [
      'with a gradient that is infinite',
      GRADIENT,
      [],
      [Float64Array.of(1, NaN, 1), new Float32Array(6).fill(Infinity)],
    ],
  ])('that the integration answers with one %s', async (_what, request, names, numbers) => {
    [metrics, body] = [names, numbers];
    await expect(score(request)).rejects.toMatchObject({ reason: 'INTEGRATION_ANSWER_INVALID' });
  });
});
