import { DomainError, uuidv7 } from '@noema/kernel';
import { type MemoryStore, memoryStore, memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { memoryModels, memoryVersions } from '../../test/memory.js';
import { inspectLayers } from '../engine/model.compiling.js';
import { TopologyStore } from '../model/topology.store.js';
import { ModelImportExecutor } from './model-import.executor.js';
import { ModelFileStore } from './model-file.store.js';
import type { ModelImport } from './model-import.js';

const TEAM = 'team';
const MODEL = uuidv7();
const layer = (className: string, config: object) => ({ class_name: className, config });
const buildArtifact = (units: number): unknown =>
  inspectLayers({
    class_name: 'Sequential',
    config: {
      name: 'net',
      layers: [
        layer('InputLayer', { name: 'x', batch_input_shape: [null, 2] }),
        layer('Dense', { name: 'hidden', units }),
        layer('Dense', { name: 'y', units: 1 }),
      ],
    },
  }).artifact;

let store: MemoryStore;
let models: ReturnType<typeof memoryModels>;
let versions: ReturnType<typeof memoryVersions>;
let files: ModelFileStore;
let topologies: TopologyStore;
let units: number;
let failure: Error | undefined;
let reads: number;
let executor: ModelImportExecutor;

beforeEach(() => {
  [store, models, versions, units, failure, reads] = [
    memoryStore(),
    memoryModels(),
    memoryVersions(),
    3,
    undefined,
    0,
  ];
  [files, topologies] = [new ModelFileStore(store), new TopologyStore(store)];
  executor = new ModelImportExecutor(memoryWork, models, versions, topologies, files, {
    async read(bytes) {
      reads++;
      const content: number[] = [];
      for await (const chunk of bytes) content.push(...chunk);
      if (failure !== undefined) throw failure;
      return {
        format: 'onnx',
        extension: '.onnx',
        artifact: buildArtifact(units),
        weights: Uint8Array.from(content),
      };
    },
  });
});

async function createOrder(over: Partial<ModelImport> = {}, layers: string[] = []): Promise<ModelImport> {
  const owner = { teamId: TEAM, projectId: 'project' };
  const parts = [
    await files.keepPart(owner, Uint8Array.of(1, 2)),
    await files.keepPart(owner, Uint8Array.of(3)),
  ];
  return {
    projectId: 'project',
    modelId: MODEL,
    modelVersionId: 'version',
    displayName: 'net',
    file: { format: 'onnx', parts, outputs: [], layers },
    ...over,
  };
}

const stop = new AbortController();
let commits: string[];
const execute = (order: ModelImport, signal = stop.signal): Promise<void> => {
  commits = [];
  return executor.execute(TEAM, order, {
    signal,
    progress: () => undefined,
    commit: async (work: () => Promise<void>) => {
      commits.push(`${models.all().length} models, ${versions.all().length} versions`);
      await work();
    },
  } as Parameters<ModelImportExecutor['execute']>[2]);
};
const countParts = async ({ file }: ModelImport): Promise<number> =>
  (await Promise.all(file.parts.map(({ uri }) => store.stat(uri)))).filter(Boolean).length;

describe('an import', () => {
  it('stores the topology, the weights and the original file, and makes the model durable at once', async () => {
    const order = await createOrder();
    await execute(order);
    expect(commits).toEqual(['0 models, 0 versions']);
    expect(await models.find(MODEL)).toMatchObject({
      displayName: 'net',
      format: 'onnx',
      inputs: [{ name: 'x', dims: [2] }],
      outputs: [{ name: 'y', dims: [1] }],
      parameterCount: 2 * 3 + 3 + 3 + 1,
    });
    const version = (await versions.find('version'))!;
    expect(version).toMatchObject({ modelId: MODEL, origin: 'imported', runId: '', epoch: 0 });
    expect(await topologies.read(version.topology)).toEqual(buildArtifact(3));
    expect([...(await store.get(version.weights!))]).toEqual([1, 2, 3]);
    expect([...(await store.get(version.imported!))]).toEqual([1, 2, 3]);
    expect(version.imported!.uri).toMatch(/\.onnx$/);
    expect(await countParts(order)).toBe(0);
  });

  it('reads nothing again once its version exists', async () => {
    const order = await createOrder();
    await execute(order);
    await execute(order);
    expect(reads).toBe(1);
  });

  it('follows the layers that the request names, and refuses others', async () => {
    await execute(await createOrder({}, ['hid*']));
    expect((await models.find(MODEL))!.layers).toEqual(['hidden']);
    const order = await createOrder({ modelVersionId: 'second', modelId: 'other' }, ['conv']);
    await expect(execute(order)).rejects.toMatchObject({ kind: 'invalid' });
    expect(await models.find('other')).toBeUndefined();
  });

  it('is refused where a part is missing or of another project', async () => {
    const order = await createOrder();
    await store.delete(order.file.parts[1]!.uri);
    await expect(execute(order)).rejects.toMatchObject({ reason: 'MODEL_PART_NOT_FOUND' });
    await expect(execute(await createOrder({ projectId: 'other' }))).rejects.toMatchObject({
      reason: 'MODEL_PART_NOT_FOUND',
    });
    expect(reads).toBe(0);
  });

  it('deletes the parts of a file that is refused, and keeps them for another attempt', async () => {
    const order = await createOrder();
    failure = new DomainError('unavailable', 'STORE_FAILED', 'later');
    await expect(execute(order)).rejects.toThrow('later');
    expect(await countParts(order)).toBe(2);
    await expect(execute(order, AbortSignal.abort())).rejects.toThrow('later');
    expect(await countParts(order)).toBe(2);
    failure = new DomainError('invalid', 'MODEL_UNREADABLE', 'no model');
    await expect(execute(order)).rejects.toThrow('no model');
    expect(await countParts(order)).toBe(0);
  });
});

describe('a further version of a model', () => {
  const further = { displayName: '', modelVersionId: 'second' };
  const first = async (): Promise<void> => {
    await execute(await createOrder());
    models.change(MODEL, { latestVersionId: 'version' });
  };

  it('keeps the topology of the model, and makes no model', async () => {
    await first();
    await execute(await createOrder(further));
    const [before, after] = [await versions.find('version'), await versions.find('second')];
    expect(after).toMatchObject({ number: 2, topology: before!.topology });
    expect(models.all()).toHaveLength(1);
  });

  it('is refused where its architecture is another one', async () => {
    await first();
    units = 4;
    await expect(execute(await createOrder(further))).rejects.toMatchObject({
      reason: 'MODEL_ARCHITECTURE_DIFFERS',
    });
    expect(await versions.find('second')).toBeUndefined();
  });

  it('is refused where the model was deleted', async () => {
    await expect(execute(await createOrder(further))).rejects.toMatchObject({ reason: 'MODEL_NOT_FOUND' });
  });
});
