import { uuidv7 } from '@noema/kernel';
import { encodeBasis, fitBasis, computeMoments, project } from '@noema/perception';
import { readVectors, writeEvaluation } from '@noema/population/files';
import { type MemoryStore, memoryStore, memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { artifact, epochOfRun, memorySets, memorySpaces } from '../../test/memory.js';
import type { RespondingLayer } from '../responder/responder.js';
import type { UnitSums } from '../unit/unit-statistics.js';
import type { ActivationSet, ActivationShard } from './activation-set.js';
import { ActivationSetExecutor } from './activation-set.executor.js';
import { ActivationSetArtifactStore } from './activation-set-artifacts.store.js';

const TEAM = 'team';
const { signal } = new AbortController();
/** Six samples in two shards; unit 1 responds to all alike. */
const MEAN = Float32Array.of(0, 5, 1, 1, 5, 0, 2, 5, 1, 3, 5, 0, 4, 5, 1, 5, 5, 1);
const LOSSES = [0, 1, 2, 3, 4, 5];
const LAYOUT = {
  layers: [
    { name: 'a', units: 1 },
    { name: 'b', units: 2 },
  ],
};

let responses: Float32Array;
let layers: RespondingLayer[];
let sampleCount: number;
let store: MemoryStore;
let sets: ReturnType<typeof memorySets>;
let spaces: ReturnType<typeof memorySpaces>;
let shards: Map<string, ActivationShard[]>;
let finished: ActivationSet | undefined;
let announced: string[];
let inputsAreEqual: boolean;
let executor: ActivationSetExecutor;

beforeEach(() => {
  [responses, sampleCount, store, sets, spaces] = [MEAN, 6, memoryStore(), memorySets(), memorySpaces()];
  [shards, finished, announced, inputsAreEqual] = [new Map(), undefined, [], false];
  layers = LAYOUT.layers.map((layer) => ({ ...layer, kind: 'Dense', positionDims: [] }));
  executor = new ActivationSetExecutor(
    memoryWork,
    { ...sets, findFinished: () => Promise.resolve(finished) },
    {
      of: (id) => Promise.resolve(shards.get(id) ?? []),
      find: (id, index) => Promise.resolve(shards.get(id)?.[index]),
      save: (id, changed) => {
        const stored = shards.get(id) ?? [];
        for (const shard of changed) stored[shard.index] = shard;
        return Promise.resolve(void shards.set(id, stored));
      },
    },
    spaces.service,
    {
      version: (_team, id) =>
        Promise.resolve({
          id,
          projectId: 'project',
          isReady: true,
          sampleCount,
          shardSize: 3,
          classNames: [],
          splits: [],
          inputs: [],
          groundTruths: [],
          samples: undefined,
        }),
      shards: () =>
        Promise.resolve(
          [0, 1].map((index) => ({
            index,
            firstRow: 3 * index,
            rowCount: 3,
            inputs: artifact('inputs'),
            groundTruths: undefined,
          })),
        ),
    },
    {
      inputsAreEqual: () => Promise.resolve(inputsAreEqual),
      findSource: () => ({
        engine: 'plain',
        findLayers: () => Promise.resolve(layers),
        respond: (_epoch, { firstRow, rowCount }, { progress }) => {
          progress(rowCount);
          const mean = responses.slice(3 * firstRow, 3 * (firstRow + rowCount));
          return Promise.resolve({ mean, max: mean.map((value) => 2 * value) });
        },
      }),
    },
    new ActivationSetArtifactStore(store),
    { ready: ({ id }) => Promise.resolve(void announced.push(id)) },
    { engineThreads: 1, exactUnits: 1_000 },
  );
});

const control = { signal, progress: () => undefined };

async function insert(over: Partial<Parameters<typeof sets.insert>[0]> = {}): Promise<string> {
  const epoch = epochOfRun();
  const space = await spaces.service.resolve(TEAM, epoch.projectId, 'all');
  const outputs = { rows: 6, width: 1, outputs: new Float32Array(6), hasLoss: new Uint8Array(6).fill(1) };
  const evaluation = writeEvaluation([
    {
      ...outputs,
      loss: Float32Array.from(LOSSES),
      predictedClass: new Int32Array(6),
      trueClass: new Int32Array(6),
      correct: new Uint8Array(6),
    },
  ]);
  const { id } = await sets.insert({
    ...epoch,
    evaluation: await store.put('team/project/runs/run/evaluation.arrow', evaluation, 'x'),
    id: uuidv7(),
    perceptionSpaceId: space.id,
    jobId: 'job',
    ...over,
  });
  return id;
}

/** Runs the steps up to the basis, or all of them. */
async function fitted(id: string): Promise<void> {
  const { result, commit } = await executor.plan(TEAM, id);
  await commit();
  for (let i = 0; i < result.extract; i++) await (await executor.extract(TEAM, id, i, control)).commit();
  await (await executor.basis(TEAM, id, control)).commit();
}
async function published(id: string): Promise<ActivationSet> {
  await fitted(id);
  const sums: UnitSums[] = [];
  for (const index of [0, 1]) {
    const { result, commit } = await executor.project(TEAM, id, index, control);
    await commit();
    sums.push(result);
  }
  await (await executor.publish(TEAM, id, sums)).commit();
  return (await sets.find(id))!;
}

describe('the plan of a set', () => {
  it('has the shards of the dataset version and the layers of the epoch, once it is committed', async () => {
    const id = await insert();
    const { result, commit } = await executor.plan(TEAM, id);
    expect(result).toEqual({ shards: 2, extract: 2 });
    expect(shards.get(id)).toBeUndefined();
    await commit();
    expect(await sets.find(id)).toMatchObject({ sampleCount: 6, shardSize: 3, engine: 'plain' });
    expect(shards.get(id)).toHaveLength(2);
    expect(spaces.all().map(({ name }) => name)).toEqual(expect.arrayContaining(['layer/a', 'layer/b']));
  });

  it('takes over the responses of another space of the epoch, and nothing else', async () => {
    finished = await published(await insert());
    const id = await insert();
    const { result, commit } = await executor.plan(TEAM, id);
    expect(result).toEqual({ shards: 2, extract: 0 });
    await commit();
    const [first] = shards.get(finished.id)!;
    expect(first!.vectors).toBeDefined();
    expect(shards.get(id)![0]).toEqual({ ...first, vectors: undefined });
  });

  it('is refused without learned units, without samples, and for a deleted set', async () => {
    const id = await insert();
    sampleCount = 0;
    await expect(executor.plan(TEAM, id)).rejects.toMatchObject({ reason: 'POPULATION_EMPTY' });
    layers = [];
    await expect(executor.plan(TEAM, id)).rejects.toMatchObject({ reason: 'NO_LEARNED_UNITS' });
    await expect(executor.plan(TEAM, uuidv7())).rejects.toMatchObject({ reason: 'ACTIVATION_SET_NOT_FOUND' });
  });

  it('is refused where the layers differ from the reference', async () => {
    const setId = await insert();
    await fitted(setId);
    const id = await insert({ reference: { setId, basis: (await sets.find(setId))!.basis! } });
    await expect(executor.plan(TEAM, id)).resolves.toBeDefined();
    layers = layers.toReversed();
    await expect(executor.plan(TEAM, id)).rejects.toMatchObject({ reason: 'LAYERS_DIFFER' });
  });
});

describe('the responses of a shard', () => {
  it('are refused with layer and row of the population where one is not finite', async () => {
    const id = await insert();
    await (await executor.plan(TEAM, id)).commit();
    responses = MEAN.slice();
    responses[4 * 3 + 2] = NaN;
    await executor.extract(TEAM, id, 0, control);
    await expect(executor.extract(TEAM, id, 1, control)).rejects.toMatchObject({
      reason: 'RESPONSE_NOT_FINITE',
      message: expect.stringMatching(/b.*(row|sample) 4|4.*b/) as unknown,
    });
  });
});

describe('the basis', () => {
  it('is that of all rows, however they lie in shards', async () => {
    const id = await insert();
    await fitted(id);
    const whole = fitBasis(computeMoments(MEAN, 3), LAYOUT);
    const { basis, dimensions, layers: fittedLayers, explainedVariance } = (await sets.find(id))!;
    expect(dimensions).toBe(whole.explained.length);
    expect(explainedVariance).toBeCloseTo(1, 2);
    const made = await new ActivationSetArtifactStore(store).readBasis(basis!);
    [...whole.mean].forEach((value, i) => {
      expect(made.mean[i]).toBeCloseTo(value, 12);
    });
    // Unit 0 of layer b is the one that does not vary.
    expect(fittedLayers.map(({ droppedUnits }) => droppedUnits)).toEqual([[], [0]]);
  });

  it.each([
    [true, 'equal-inputs'],
    [false, 'silent-units'],
  ])('is refused where no unit varies (equal inputs: %s)', async (equal, cause) => {
    [responses, inputsAreEqual] = [new Float32Array(18).fill(1), equal];
    await expect(fitted(await insert())).rejects.toMatchObject({
      reason: 'RESPONSES_DO_NOT_VARY',
      metadata: { cause, samples: '6', units: '3' },
    });
  });

  it('of other data is that of the reference', async () => {
    const setId = await insert();
    await fitted(setId);
    const own = fitBasis(
      computeMoments(
        MEAN.map((value) => value * 3 + 1),
        3,
      ),
      LAYOUT,
    );
    const basis = await store.put('team/project/activations/other/basis.f64', encodeBasis(own), 'x');
    const id = await insert({ reference: { setId, basis } });
    expect((await published(id)).basis).toEqual(basis);
    expect(announced).toEqual([]);
  });
});

describe('a published set', () => {
  it('has the vectors of its basis, and what the units are like over the population', async () => {
    const { id, basis, unitStatistics } = await published(await insert());
    const artifacts = new ActivationSetArtifactStore(store);
    const expected = project(await artifacts.readBasis(basis!), MEAN);
    const read = [];
    for (const { vectors } of shards.get(id)!) read.push(...readVectors(await store.get(vectors!)).data);
    expect(read).toEqual([...expected]);
    const { min, max, mean, lossCorrelation } = await artifacts.readStatistics(unitStatistics!);
    expect([...min]).toEqual([0, 5, 0]);
    expect([...max]).toEqual([5, 5, 1]);
    expect(mean[0]).toBeCloseTo(2.5, 6);
    // Unit 0 is the loss itself; unit 1 does not vary.
    expect(lossCorrelation[0]).toBeCloseTo(1, 6);
    expect(lossCorrelation[1]).toBe(0);
  });

  it('is announced when the caller commits', async () => {
    const id = await insert();
    await fitted(id);
    const sums = [];
    for (const index of [0, 1]) {
      const step = await executor.project(TEAM, id, index, control);
      await step.commit();
      sums.push(step.result);
    }
    const { commit } = await executor.publish(TEAM, id, sums);
    expect(announced).toEqual([]);
    await commit();
    expect(announced).toEqual([id]);
  });
});
