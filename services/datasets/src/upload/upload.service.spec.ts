import { type ArtifactRef, uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { UploadService } from './upload.service.js';
import type { SentChunk, Upload, UploadManifest } from './upload.js';

const [TEAM, PROJECT] = ['team', uuidv7()];
const manifest: UploadManifest = {
  splits: [
    { split: 'training', count: 2 },
    { split: 'unlabeled', count: 1 },
  ],
  inputs: [{ name: 'x', type: 'uint8', dims: [2], scale: 0.5 }],
  groundTruths: [{ name: 'y', type: 'float32', dims: [1], scale: 1 }],
  classNames: [],
  metadataColumns: [{ name: 'who', type: 'string' }],
  visualizers: [],
  chunkRows: 2,
  digest: 'a'.repeat(64),
};
const bytes = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
const chunk = (ids: readonly string[], truths: Uint8Array): SentChunk => ({
  sampleIds: ids,
  inputs: [new Uint8Array(2 * ids.length)],
  groundTruths: [truths],
  classIndexes: [],
  metadata: [{ numbers: [], texts: [...ids], booleans: [], missing: [] }],
  visuals: [],
});
const chunks = [chunk(['a', 'b'], bytes(1, 2)), chunk(['c'], bytes(NaN))];

let stored: Map<string, Map<number, ArtifactRef>>;
let kept: Map<string, Pick<Upload, 'id' | 'projectId' | 'manifest'>>;
let consumed: Map<string, string>;
let service: UploadService;

beforeEach(() => {
  [stored, kept, consumed] = [new Map(), new Map(), new Map()];
  const of = (id: string): Map<number, ArtifactRef> => stored.get(id) ?? new Map<number, ArtifactRef>();
  const find = (id: string): Upload | undefined => {
    const found = kept.get(id);
    return found && { ...found, datasetVersionId: consumed.get(id), createTime: new Date(0) };
  };
  service = new UploadService(
    memoryWork,
    {
      ensure: (upload) => Promise.resolve(void kept.set(upload.id, upload)),
      find: (id) => Promise.resolve(find(id)),
      findReceived: (id) => {
        const found = find(id);
        return Promise.resolve(found && { ...found, received: [...of(id).keys()].sort() });
      },
      chunk: (id, index) => Promise.resolve(of(id).get(index)),
      chunks: () => Promise.resolve([]),
      addChunk: (id, index, content) => {
        if (!of(id).has(index)) stored.set(id, of(id).set(index, content));
        return Promise.resolve();
      },
      consume: (id, version) => Promise.resolve(void consumed.set(id, version)),
    },
    {
      put: (_team, _project, id, index, content) =>
        Promise.resolve({ uri: `${id}/${index}`, sha256: String(content), sizeBytes: 1, mediaType: '' }),
    },
    { mustExist: () => Promise.resolve() },
  );
});

const begin = async (): Promise<string> => (await service.create(TEAM, PROJECT, manifest)).id;
const add = (
  id: string,
  index: number,
  sent = chunks[index]!,
  content = Uint8Array.of(index),
): Promise<void> => service.add(TEAM, id, index, sent, content);

describe('an upload', () => {
  it('is the same for the same manifest, and another for another', async () => {
    const id = await begin();
    expect(await begin()).toBe(id);
    expect((await service.create(TEAM, PROJECT, { ...manifest, digest: 'b'.repeat(64) })).id).not.toBe(id);
  });

  it('is complete when it has all chunks, in whatever order they came', async () => {
    const id = await begin();
    await add(id, 1);
    await expect(service.getComplete(TEAM, PROJECT, id)).rejects.toMatchObject({
      reason: 'UPLOAD_INCOMPLETE',
      metadata: { missing: '1', first_missing: '0' },
    });
    await add(id, 0);
    await add(id, 0);
    expect(await service.getComplete(TEAM, PROJECT, id)).toMatchObject({ received: [0, 1] });
    await expect(service.getComplete(TEAM, uuidv7(), id)).rejects.toMatchObject({
      reason: 'UPLOAD_NOT_FOUND',
    });
  });

  it('takes no other content for a chunk that it has, and nothing once it became a version', async () => {
    const id = await begin();
    await add(id, 0);
    await expect(add(id, 0, chunks[0], Uint8Array.of(9))).rejects.toMatchObject({
      reason: 'UPLOAD_CHUNK_DIFFERS',
    });
    consumed.set(id, 'v');
    await expect(add(id, 1)).rejects.toMatchObject({ reason: 'UPLOAD_CONSUMED' });
  });

  it.each([
    [2, chunks[0]!, 'UPLOAD_INVALID'],
    [-1, chunks[0]!, 'UPLOAD_INVALID'],
    [1, chunks[0]!, 'UPLOAD_CHUNK_INVALID'],
    // Rows 0 and 1 are training samples, which need a number; row 2 is unlabeled and must have no number.
    [0, chunk(['a', 'b'], bytes(1, NaN)), 'UPLOAD_CHUNK_INVALID'],
    [1, chunk(['c'], bytes(1)), 'UPLOAD_CHUNK_INVALID'],
    [0, chunk(['a', ''], bytes(1, 2)), 'UPLOAD_CHUNK_INVALID'],
  ])('refuses chunk %i that does not fit the manifest', async (index, sent, reason) => {
    const id = await begin();
    await expect(add(id, index, sent)).rejects.toMatchObject({ reason });
    expect(stored.size).toBe(0);
  });

  it.each(['x', uuidv7()])('is not found by the id %s', async (id) => {
    await expect(service.get(TEAM, id)).rejects.toMatchObject({ reason: 'UPLOAD_NOT_FOUND' });
  });
});
