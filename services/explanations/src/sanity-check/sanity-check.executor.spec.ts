import { memoryResources, memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { linearModel, type LinearModelOptions, linearPopulation } from '../../test/linear-model.js';
import type { Randomization } from '../model/model.ports.js';
import { SanityCheckExecutor } from './sanity-check.executor.js';
import type { SanityCheck, SanityResult } from './sanity-check.js';
import type { NewSanityCheck } from './sanity-check.ports.js';

const TEAM = 'team';
const { signal } = new AbortController();
const TRAINED = [
  [4, 3, -2, 1],
  [-1, 2, 0, 5],
];
const SAMPLES = [
  [0, 0, 0, 0],
  [1, 2, 3, 4],
  [4, 1, 2, 3],
];

let randomizations: Randomization[];
let random: LinearModelOptions['weights'];
let messages: string[];
let checks: ReturnType<typeof memoryChecks>;
let executor: SanityCheckExecutor;
const memoryChecks = () =>
  memoryResources<SanityCheck, NewSanityCheck, readonly SanityResult[]>(
    ({ source }) => ({ source, results: [] }),
    (results) => ({ results }),
  );

beforeEach(() => {
  [randomizations, random, messages, checks] = [[], TRAINED, [], memoryChecks()];
  executor = new SanityCheckExecutor(memoryWork, checks, {
    open: () => Promise.resolve(linearModel({ samples: SAMPLES, weights: TRAINED })),
    openRandomized: (_source, randomization) => {
      randomizations.push(randomization);
      return Promise.resolve(linearModel({ samples: SAMPLES, weights: random }));
    },
  });
});

const progress = (done: number, total: number, message = ''): void =>
  void messages.push(`${done}/${total} ${message}`.trim());

/** Runs the whole check on all samples in two slices. */
async function check(layer = 'conv') {
  const source = { ...linearPopulation(3), layer, rows: [0, 1, 2] };
  const { id } = await checks.insert({ id: 'check', source, jobId: 'job' });
  const parts = [];
  for (const index of [0, 1])
    parts.push(await executor.randomize(TEAM, id, { index, of: 2 }, { signal, progress }));
  return { parts, ...(await executor.publish(TEAM, id, parts)) };
}

async function resultsByAlgorithm(layer?: string): Promise<Map<string, SanityResult>> {
  await (await check(layer)).commit();
  return new Map((await checks.find('check'))!.results.map((result) => [result.algorithm, result]));
}

describe('a sanity check', () => {
  it('makes the weights random from the output to the input, always by the same seed', async () => {
    await check();
    expect(randomizations.slice(0, 2)).toEqual([
      { downTo: 'dense', seed: 42 },
      { downTo: 'conv', seed: 42 },
    ]);
  });

  it('fails an algorithm whose maps outlive the weights', async () => {
    const results = await resultsByAlgorithm();
    expect(results.get('gradient-times-input')).toEqual({
      algorithm: 'gradient-times-input',
      passed: false,
      steps: ['dense', 'conv'].map((layer) => ({ layer, rankCorrelation: 1, sizeRankCorrelation: 1 })),
    });
  });

  it('passes an algorithm whose maps turn with the weights, whose sizes may stay', async () => {
    random = TRAINED.map((row) => row.map((weight) => -weight));
    const { passed, steps } = (await resultsByAlgorithm()).get('gradient-times-input')!;
    expect(passed).toBe(true);
    expect(steps[0]!.rankCorrelation).toBeCloseTo(-1, 12);
    expect(steps[0]!.sizeRankCorrelation).toBeCloseTo(1, 12);
  });

  it('leaves out samples whose trained map is empty, and weighs all others alike', async () => {
    // Of the slices, one has the empty sample alone, the other both samples with a map.
    const { parts } = await check();
    const pairs = parts.map(
      ({ steps }) => steps[0]!.agreements.find(({ key }) => key === 'gradient-times-input')!.pairs.length,
    );
    expect(pairs).toEqual([0, 2]);
  });

  it('checks algorithms with gradients, and the ones at a layer only if the model has a layer', async () => {
    const atInput = [...(await resultsByAlgorithm('')).keys()];
    expect(atInput).toContain('integrated-gradients');
    expect(atInput).not.toContain('grad-cam');
    expect(atInput).not.toContain('occlusion');
    expect([...(await resultsByAlgorithm('conv')).keys()]).toContain('grad-cam');
  });

  it('shows its results only when the caller commits', async () => {
    const { commit } = await check();
    expect(await checks.find('check')).toMatchObject({ state: 'queued', results: [] });
    await commit();
    expect(await checks.find('check')).toMatchObject({ state: 'succeeded' });
  });

  it('reports the layer that it makes random, and that it is done', async () => {
    await check();
    expect(messages.slice(0, 4)).toEqual([
      '0/3 explaining 3 samples with the trained weights',
      '1/3 weights random down to layer dense',
      '2/3 weights random down to layer conv',
      '3/3',
    ]);
  });

  it('does not exist once it was deleted', async () => {
    const control = { signal, progress };
    await expect(executor.randomize(TEAM, 'deleted', { index: 0, of: 1 }, control)).rejects.toMatchObject({
      kind: 'not-found',
    });
    await expect(executor.publish(TEAM, 'deleted', [])).rejects.toMatchObject({ kind: 'not-found' });
  });
});
