import { uuidv7 } from '@noema/kernel';
import { memoryResources, memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { EpochPopulation } from '../population/population.js';
import type { SanityCheck, SanityResult } from './sanity-check.js';
import type { NewSanityCheck } from './sanity-check.ports.js';
import { SanityCheckService } from './sanity-check.service.js';

const TEAM = 'team';
const ref = { uri: 'file:///a', sha256: '0', sizeBytes: 1, mediaType: 'x' };
const makePopulation = (sampleCount: number): EpochPopulation => ({
  projectId,
  runId,
  epoch: 3,
  datasetVersionId: uuidv7(),
  sampleCount,
  shards: [{ firstRow: 0, rowCount: sampleCount, inputs: ref }],
  splits: [{ split: 'validation', firstRow: 0, count: sampleCount }],
  layer: 'conv',
  topology: ref,
  weights: ref,
});
const projectId = uuidv7();
const runId = uuidv7();
const query = { pageSize: 0, pageToken: '', filter: '', orderBy: '' };

let sampleCount: number;
let shards: number[];
let checks: ReturnType<typeof memoryChecks>;
let service: SanityCheckService;
const memoryChecks = () =>
  memoryResources<SanityCheck, NewSanityCheck, readonly SanityResult[]>(
    ({ source }) => ({ source, results: [] }),
    (results) => ({ results }),
  );

beforeEach(() => {
  sampleCount = 320;
  shards = [];
  checks = memoryChecks();
  service = new SanityCheckService(
    memoryWork,
    checks,
    { population: () => Promise.resolve(makePopulation(sampleCount)) },
    { queue: (_team, _id, count) => Promise.resolve(`job ${shards.push(count)}`) },
  );
});

const start = async (): Promise<SanityCheck> =>
  service.start(TEAM, await service.plan(TEAM, { projectId, runId, epoch: 0 }));

describe('a sanity check', () => {
  it('explains 32 samples, spread evenly over the population, eight to a shard', async () => {
    const { source } = await start();
    expect(source.rows).toEqual(Array.from({ length: 32 }, (_, i) => i * 10));
    expect(shards).toEqual([4]);
  });

  it('takes every sample of a small population', async () => {
    sampleCount = 3;
    expect((await start()).source.rows).toEqual([0, 1, 2]);
    expect(shards).toEqual([1]);
  });

  it('is refused for an empty population', async () => {
    sampleCount = 0;
    await expect(start()).rejects.toMatchObject({ kind: 'precondition', reason: 'POPULATION_EMPTY' });
  });

  it('is the same one for the same epoch of a run', async () => {
    expect((await start()).jobId).toBe((await start()).jobId);
  });

  it('is replaced when its job failed', async () => {
    checks.setState((await start()).id, 'failed');
    expect((await start()).jobId).toBe('job 2');
  });

  it.each([uuidv7(), 'no id'])('does not exist under the id %s', async (id) => {
    await expect(service.get(TEAM, id)).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('lists nothing for a project or run that is no id', async () => {
    await start();
    expect((await service.list(TEAM, 'x', {}, query)).items).toEqual([]);
    expect((await service.list(TEAM, projectId, { runId: 'x' }, query)).items).toEqual([]);
    expect((await service.list(TEAM, projectId, { runId }, query)).items).toHaveLength(1);
  });
});
