import { DomainError, uuidv7 } from '@noema/kernel';
import { beforeEach, describe, expect, it } from 'vitest';
import { artifact } from '../../test/ready-version.js';
import type { NewDatasetVersion } from '../dataset-version/dataset-version.js';
import { IngestionExecutor } from './ingestion.executor.js';
import type {
  IngestionOrder,
  IngestionPlan,
  PopulationPlan,
  ShardSamples,
  StoredShard,
} from './ingestion.js';

const TEAM = 'team';
const { signal } = new AbortController();
const progress = (): void => undefined;
const order: IngestionOrder = {
  ingestionId: uuidv7(),
  projectId: uuidv7(),
  modulePath: '/code/digits.mjs',
  bundle: null,
  wheels: [],
  data: null,
  uploadId: null,
  digest: 'd',
  hosts: [],
  secrets: ['data-key'],
  shardSize: 0,
  maxSkippedShare: 0,
};
const population: PopulationPlan = {
  sampleCount: 5_000,
  splits: [{ split: 'training', count: 5_000, firstRow: 0 }],
  inputs: [{ name: 'image', type: 'float32', dims: [8, 8] }],
  groundTruths: [],
  classNames: ['zero'],
  visualizers: [],
  populationDigest: 'p',
};
const samples: ShardSamples = { splits: ['training'], sampleIds: ['0'], classIndexes: [0], metadata: [] };

let plan: PopulationPlan;
let opened: string[];
let removed: Set<string>;
let published: NewDatasetVersion[];
let announced: string[];
/** Whether the version with this content is not there yet. */
let isNew: boolean;
let quota: number;
let columns: readonly { readonly name: string }[];
let executor: IngestionExecutor;

beforeEach(() => {
  [plan, opened, removed, published, announced, isNew, quota] = [
    population,
    [],
    new Set(),
    [],
    [],
    true,
    1e6,
  ];
  columns = [];
  executor = new IngestionExecutor(
    {
      plan: async ({ openSecrets }) => {
        await openSecrets();
        return plan;
      },
      encode: (_order, _plan, { firstRow, rowCount }) =>
        Promise.resolve({
          inputs: Uint8Array.of(1),
          groundTruths: undefined,
          visuals: Uint8Array.of(2),
          samples,
          digest: `${firstRow}+${rowCount}`,
        }),
    },
    {
      put: (_part, name) => Promise.resolve(artifact(name)),
      putSamples: (_part, name) => Promise.resolve(artifact(name)),
      putTable: () => Promise.resolve({ samples: artifact('samples.parquet'), columns: columns as never }),
      exists: ({ uri }) => Promise.resolve(!removed.has(uri)),
      removeAll: (_team, _project, ingestionId) => Promise.resolve(void removed.add(ingestionId)),
    },
    {
      publish: (version) => {
        published.push(version);
        return Promise.resolve(isNew);
      },
    },
    { ready: ({ id }, projectId) => Promise.resolve(void announced.push(`${id} of ${projectId}`)) },
    {
      requireSamples: (_team, more) =>
        more <= quota
          ? Promise.resolve()
          : Promise.reject(new DomainError('exhausted', 'QUOTA_EXCEEDED', `${more} samples`)),
    },
    {
      openSecrets: (_team, names, purpose) => {
        opened.push(`${names.join()} for ${purpose}`);
        return Promise.resolve({});
      },
    },
    { consume: (id, version) => Promise.resolve(void announced.push(`${id} became ${version}`)) },
  );
});

const makePlan = (change: Partial<IngestionOrder> = {}): Promise<IngestionPlan> =>
  executor.plan(TEAM, { ...order, ...change }, signal, progress);
const encode = (of: IngestionPlan, index: number): Promise<StoredShard> =>
  executor.encode(TEAM, order, of, index, signal, progress);

describe('a plan', () => {
  it.each([
    ['2,048 rows of small samples', [8, 8], 2_048],
    ['64 MiB of large ones', [1024, 1024], 16],
    ['one row of a sample that is larger', [4096, 4097], 1],
  ])('has shards of %s when the request has no size', async (_of, dims, shardSize) => {
    plan = { ...population, inputs: [{ name: 'image', type: 'float32', dims }] };
    expect((await makePlan()).shardSize).toBe(shardSize);
  });

  it.each([
    ['8,192 rows of small samples', [8, 8], 8_192],
    ['2,048 rows of samples above 1 KiB', [16, 17], 2_048],
  ])('has shards of %s where there are more than 524,288', async (_of, dims, shardSize) => {
    quota = 1e9;
    plan = { ...population, sampleCount: 524_289, inputs: [{ name: 'image', type: 'float32', dims }] };
    expect((await makePlan()).shardSize).toBe(shardSize);
    plan = { ...plan, sampleCount: 524_288 };
    expect((await makePlan()).shardSize).toBe(2_048);
  });

  it('keeps the requested size, unless such a shard would not fit into memory', async () => {
    plan = { ...population, inputs: [{ name: 'image', type: 'float32', dims: [1024, 1024] }] };
    expect((await makePlan({ shardSize: 128 })).shardSize).toBe(128);
    await expect(makePlan({ shardSize: 129 })).rejects.toMatchObject({
      reason: 'SHARD_TOO_LARGE',
      metadata: { shard_size: '128' },
    });
  });

  it('is refused when the team may not have that many samples', async () => {
    quota = 4_999;
    await expect(makePlan()).rejects.toMatchObject({ reason: 'QUOTA_EXCEEDED' });
  });

  it('opens the secrets that the integration declares, for this version', async () => {
    await makePlan();
    expect(opened).toEqual([`data-key for dataset_version/${order.ingestionId}`]);
  });
});

describe('a shard', () => {
  it('has the rows of its index, the last one the remaining rows; the first carries the plan', async () => {
    const of = await makePlan();
    expect(await encode(of, 0)).toMatchObject({ firstRow: 0, rowCount: 2_048, plan: of });
    const last = await encode(of, 2);
    expect(last).toMatchObject({ firstRow: 4_096, rowCount: 904, digest: '4096+904', groundTruths: null });
    expect(last.plan).toBeUndefined();
  });

  it('is stored under its number', async () => {
    const { inputs, visuals, samples: table } = await encode(await makePlan(), 1);
    expect([inputs.uri, visuals?.uri, table.uri]).toEqual([
      'inputs-00001.arrow',
      'visuals-00001.arrow',
      'samples-00001.parquet',
    ]);
  });
});

describe('publishing', () => {
  const shardsFor = async (change: Partial<PopulationPlan> = {}): Promise<StoredShard[]> => {
    plan = { ...population, ...change };
    const of = await makePlan();
    return Promise.all([0, 1, 2].map((index) => encode(of, index)));
  };
  const publish = async (shards: readonly StoredShard[]) => executor.publish(TEAM, order, shards, signal);

  it('makes the version visible and announces it when its job commits, not before', async () => {
    const { id, commit } = await publish(await shardsFor());
    expect(published).toEqual([]);
    await commit();
    expect(published).toMatchObject([{ id, ingestionId: order.ingestionId, shardSize: 2_048 }]);
    expect(announced).toEqual([`${id} of ${order.projectId}`]);
  });

  it('announces no version whose content was there', async () => {
    isNew = false;
    await (await publish(await shardsFor())).commit();
    expect(published).toHaveLength(1);
    expect(announced).toEqual([]);
  });

  it('gives the same content the same id, and other content another', async () => {
    const ids = [];
    for (const change of [{}, {}, { populationDigest: 'q' }, { classNames: ['one'] }])
      ids.push((await publish(await shardsFor(change))).id);
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(3);
  });

  it('keeps the metadata that group samples, which must be there', async () => {
    await expect(publish(await shardsFor({ groupField: 'patient' }))).rejects.toMatchObject({
      reason: 'GROUP_FIELD_UNKNOWN',
    });
    columns = [{ name: 'patient' }];
    const ids = [];
    for (const change of [{}, { groupField: 'patient' }]) {
      const { id, commit } = await publish(await shardsFor(change));
      ids.push(id);
      await commit();
    }
    expect(published.map(({ content }) => content.groupField)).toEqual([undefined, 'patient']);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('is refused when a shard was removed, or none carries the plan', async () => {
    const shards = await shardsFor();
    await expect(publish(shards.slice(1))).rejects.toMatchObject({ reason: 'PLAN_MISSING' });
    removed.add('visuals-00001.arrow');
    await expect(publish(shards)).rejects.toMatchObject({
      reason: 'INGESTION_INCOMPLETE',
      metadata: { uri: 'visuals-00001.arrow' },
    });
  });

  it('stops when its job does', async () => {
    const stopped = AbortSignal.abort(new Error('stopped'));
    await expect(executor.publish(TEAM, order, await shardsFor(), stopped)).rejects.toThrow('stopped');
  });
});

it('removes everything that an ingestion stored which failed for good', async () => {
  await executor.discard(TEAM, order);
  expect([...removed]).toEqual([order.ingestionId]);
});
