import { uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { INFO, memoryModels, projectsWith, TEAM, toRef } from '../../test/memory.js';
import type { Model } from '../model/model.js';
import type { ModelFile, ModelImport } from './model-import.js';
import { ModelImportService } from './model-import.service.js';

const projectId = uuidv7();
const [stored, large] = [
  { ...toRef('part'), sizeBytes: 100 },
  { ...toRef('large'), sizeBytes: 901 },
];
const file: ModelFile = { format: 'onnx', parts: [stored], outputs: [], layers: ['conv*'] };
const model: Model = {
  ...INFO,
  id: uuidv7(),
  projectId,
  displayName: 'net',
  format: 'onnx',
  digest: '',
  latestVersionId: '',
  createTime: new Date(0),
  layers: [],
};

let queued: ModelImport[];
let service: ModelImportService;

beforeEach(() => {
  queued = [];
  const models = memoryModels();
  models.add(model);
  service = new ModelImportService(
    memoryWork,
    models,
    projectsWith(projectId),
    {
      keepPart: (_owner, content) => Promise.resolve({ ...stored, sizeBytes: content.length }),
      findPart: (owner, part) =>
        Promise.resolve(
          owner.projectId === projectId ? [stored, large].find(({ uri }) => uri === part.uri) : undefined,
        ),
    },
    { formats: ['keras', 'onnx'] },
    { queue: (_team, order) => Promise.resolve(`job ${queued.push(order)}`) },
    { importBytes: 1_000 },
  );
});

const prepare = (changes: Partial<ModelFile> = {}, displayName = 'new') =>
  service.prepare(TEAM, { projectId, displayName, file: { ...file, ...changes } });

describe('an upload', () => {
  it('keeps the bytes of a part', async () => {
    expect(await service.upload(TEAM, projectId, new Uint8Array(3))).toMatchObject({ sizeBytes: 3 });
  });

  it.each([
    ['MODEL_PART_EMPTY', 0],
    ['MODEL_PART_TOO_LARGE', 4 * 2 ** 20 + 1],
  ])('is refused with %s at %i bytes', async (reason, size) => {
    await expect(service.upload(TEAM, projectId, new Uint8Array(size))).rejects.toMatchObject({ reason });
  });
});

describe('an import of a new model', () => {
  it('is queued with the sizes of its stored parts, not with the sizes that the caller gives', async () => {
    const order = await prepare({ parts: [{ ...stored, sizeBytes: 0 }] }, ' new ');
    expect(await service.start(TEAM, order)).toBe('job 1');
    expect(queued).toMatchObject([{ projectId, displayName: 'new', file: { ...file, parts: [stored] } }]);
  });

  it('may leave the format to be found out', async () => {
    expect((await prepare({ format: '' })).file.format).toBe('');
  });

  it.each<[string, Partial<ModelFile>]>([
    ['MODEL_FORMAT_UNSUPPORTED', { format: 'coreml' }],
    ['MODEL_FILE_MISSING', { parts: [] }],
    ['MODEL_FILE_TOO_LARGE', { parts: Array.from({ length: 1_025 }, () => stored) }],
    ['MODEL_FILE_TOO_LARGE', { parts: [stored, large] }],
    ['MODEL_PART_NOT_FOUND', { parts: [stored, toRef('of another project')] }],
  ])('is refused with %s', async (reason, changes) => {
    await expect(prepare(changes)).rejects.toMatchObject({ reason });
  });

  it('has the stored tokenizers of its inputs', async () => {
    const tokenizers = (part: typeof stored) => [
      { input: 'ids', files: [{ name: 'vocab.txt', parts: [part] }] },
    ];
    const order = await prepare({ tokenizers: tokenizers({ ...stored, sizeBytes: 0 }) });
    expect(order.file.tokenizers).toEqual(tokenizers(stored));
    await expect(prepare({ tokenizers: tokenizers(toRef('elsewhere')) })).rejects.toMatchObject({
      reason: 'MODEL_PART_NOT_FOUND',
    });
    await expect(
      prepare({ tokenizers: [{ input: '', files: [{ name: 'vocab.txt', parts: [] }] }] }),
    ).rejects.toThrow('has 0 bytes for input ""');
  });

  it('is refused under the name of a model of the project', async () => {
    await expect(prepare({}, 'net')).rejects.toMatchObject({ reason: 'MODEL_NAME_TAKEN' });
  });
});

describe('an import of a further version', () => {
  it('belongs to the project of its model and has no name of its own', async () => {
    const order = await service.prepareVersion(TEAM, model.id, { ...file, layers: [] });
    expect(order).toMatchObject({ projectId, modelId: model.id, displayName: '' });
  });

  it('names no layers', async () => {
    await expect(service.prepareVersion(TEAM, model.id, file)).rejects.toMatchObject({
      reason: 'MODEL_IMPORT_INVALID',
    });
  });

  it.each([uuidv7(), 'no id'])('does not find the model %s', async (id) => {
    await expect(service.prepareVersion(TEAM, id, file)).rejects.toMatchObject({ reason: 'MODEL_NOT_FOUND' });
  });
});
