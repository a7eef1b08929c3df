import type { ActivationSet } from '@noema/contracts/noema/activations/v1/activation_set';
import { ActivationSetService } from '@noema/contracts/noema/activations/v1/activation_set_service';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import type { ResponseMatrices } from '@noema/population/files';
import { startPostgres, type TestPostgres, waitFor } from '@noema/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Platform, startPlatform } from './platform.js';
import { setReader } from './sets.js';

let postgres: TestPostgres;
let platform: Platform;
/** Set of a run that the platform trained, and its responses as a client would record them. */
let computed: ActivationSet;
let responses: ResponseMatrices[];

const { listSets, ended, succeeded, listShards, matrix, extracted } = setReader(() => platform);
const toRecordedLayers = ({ layers }: ActivationSet) =>
  layers.map(({ name, kind, unitCount: units, positionDims }) => ({ name, kind, units, positionDims }));
const readVectors = async ({ id }: ActivationSet) =>
  (await Promise.all((await listShards(id)).map(({ vectors }) => matrix(vectors, 'vectors')))).flatMap(
    ({ data }) => [...data],
  );
const record = (shards: readonly ResponseMatrices[]) =>
  platform.world.addRecording({ layers: toRecordedLayers(computed), shards });
/** Fault of the set of a run that does not succeed. */
const awaitFault = async (runId: string) => {
  await platform.completeEpoch(runId);
  return (await ended(runId)).fault;
};

// One platform for all tests: each records a run of its own.
beforeAll(async () => {
  postgres = await startPostgres();
  platform = await startPlatform(postgres);
  await platform.startWorker();
  computed = await extracted(await platform.world.addRun());
  responses = await Promise.all(
    (await listShards(computed.id)).map(async (shard) => {
      const { data: mean, rows } = await matrix(shard.responses, 'mean');
      return { mean, max: (await matrix(shard.responses, 'max')).data, rows };
    }),
  );
});
afterAll(async () => {
  await platform.close();
  await postgres.stop();
});

describe('the set of a recorded epoch', () => {
  it('has the vectors and the units of the same responses that a model computed, and is announced', async () => {
    const set = await extracted(await record(responses));
    expect(set).toMatchObject({
      state: JobState.SUCCEEDED,
      engine: 'recorded',
      sampleCount: 230,
      shardSize: 50,
      dimensions: computed.dimensions,
      layers: computed.layers,
    });
    const [vectors, expected] = [await readVectors(set), await readVectors(computed)];
    expect(vectors).toHaveLength(230 * set.dimensions);
    vectors.forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-6);
    });
    const [own, others] = [await listShards(set.id), await listShards(computed.id)];
    for (const [i, shard] of own.entries())
      expect((await matrix(shard.responses, 'max')).data).toEqual(
        (await matrix(others[i]!.responses, 'max')).data,
      );
    await waitFor(() =>
      platform.announced.some(({ body }) => (body as { activationSetId: string }).activationSetId === set.id),
    );
  });

  it('counts what this service stored, and not the files of the recording', async () => {
    const storedBytes = async () =>
      (
        await platform.admin.runSystem(() =>
          sql<{ bytes: number }>`select stored_bytes::float8 as bytes from activations.team_usage`.execute(
            platform.admin.tx(),
          ),
        )
      ).rows[0]!.bytes;
    const before = await storedBytes();
    const set = await extracted(await record(responses));
    const { rows } = await platform.admin.runSystem(() =>
      sql<{ bytes: number }>`
        select (select activations.artifact_bytes(moments, basis, unit_statistics) from activations.activation_set
          where id = ${set.id}) + (select sum(activations.artifact_bytes(responses, moments, vectors)) from
          activations.activation_shard where set_id = ${set.id})::float8 as bytes`.execute(
        platform.admin.tx(),
      ),
    );
    expect((await storedBytes()) - before).toBe(rows[0]!.bytes);
  });

  it('has the layers that the run follows and no others', async () => {
    const runId = await record(responses);
    await platform.completeEpoch(runId, undefined, { layers: ['side', 'conv'] });
    const set = await ended(runId);
    expect(set.fault).toBeUndefined();
    expect(set.layers.map(({ name, firstUnit }) => [name, firstUnit])).toEqual([
      ['conv', 0],
      ['side', 6],
    ]);
    const { data } = await matrix((await listShards(set.id))[4]!.responses, 'mean');
    const { mean } = responses[4]!;
    for (let row = 0; row < 30; row++)
      expect([...data.subarray(row * 9, row * 9 + 9)]).toEqual([
        ...mean.subarray(row * 21, row * 21 + 6),
        ...mean.subarray(row * 21 + 18, row * 21 + 21),
      ]);
  });

  it('is created in any space: from the recording, or from the responses of another set', async () => {
    const sets = platform.client(ActivationSetService);
    const { projectId } = platform.world;
    const runId = await record(responses);
    const create = async (run: string, perceptionSpaceId: string) => {
      const request = { projectId, runId: run, epoch: 0, perceptionSpaceId };
      return succeeded((await sets.createActivationSet(request)).activationSet!.id);
    };
    const read = await create(runId, 'layer/side');
    expect(read).toMatchObject({ engine: 'recorded', epoch: 1 });
    expect(await readVectors(read)).toEqual(await readVectors(await create(computed.runId, 'layer/side')));
    const taken = await create(runId, 'concept');
    expect(taken.engine).toBe('recorded');
    expect((await listShards(taken.id)).map((shard) => shard.responses!.uri)).toEqual(
      (await listShards(read.id)).map((shard) => shard.responses!.uri),
    );
    expect(await readVectors(taken)).toEqual(await readVectors(await create(computed.runId, 'concept')));
  });

  it('takes in no other data: the platform has no model to compute their responses', async () => {
    const sets = platform.client(ActivationSetService);
    const { id, datasetVersionId, runId } = await extracted(await record(responses));
    const { other } = platform.world;
    await expect(
      sets.projectActivationSet({ activationSetId: id, datasetVersionId: other.datasetVersionId }),
    ).rejects.toMatchObject({
      kind: 'unsupported',
      reason: 'RECORDED_RUN_HAS_NO_MODEL',
      metadata: { run_id: runId },
    });
    expect(
      (await sets.projectActivationSet({ activationSetId: id, datasetVersionId })).activationSet!.id,
    ).toBe(id);
    expect(await listSets(runId)).toHaveLength(1);
  });

  it('fails at once where files of the recording lack shards, rows or units, or are not in the store', async () => {
    expect(await awaitFault(await record(responses.slice(0, 4)))).toMatchObject({
      reason: 'RECORDED_SHARD_MISSING',
    });
    const { mean, max } = responses[4]!;
    const short = { mean: mean.subarray(0, 29 * 21), max: max.subarray(0, 29 * 21), rows: 29 };
    const fault = await awaitFault(await record([...responses.slice(0, 4), short]));
    expect(fault).toMatchObject({ reason: 'RECORDED_ROWS_DIFFER' });
    expect(fault!.message).toMatch(/29 rows in shard 4, where the dataset version has 30 samples/);
    const layers = toRecordedLayers(computed).slice(0, 2);
    expect(await awaitFault(await platform.world.addRecording({ layers, shards: responses }))).toMatchObject({
      reason: 'RECORDED_UNITS_DIFFER',
    });
    const lost = await record(responses);
    platform.world.recordings.set(lost, {
      ...platform.world.recordings.get(lost)!,
      uri: `${platform.world.recordings.get(lost)!.uri}-lost`,
    });
    expect(await awaitFault(lost)).toMatchObject({ reason: 'ARTIFACT_MISSING' });
  });

  it('is refused for an epoch that the client recorded in part', async () => {
    const { projectId, partial } = platform.world;
    const runId = await record(responses);
    partial.set(runId, '3 of 230 samples have no responses');
    await expect(
      platform.client(ActivationSetService).createActivationSet({ projectId, runId, epoch: 1 }),
    ).rejects.toMatchObject({
      kind: 'precondition',
      reason: 'EPOCH_PARTIAL',
      message: expect.stringContaining('3 of 230 samples have no responses') as string,
    });
  });
});
