import { readMatrix } from '@noema/artifacts';
import { ColumnType } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { UploadManifestSchema } from '@noema/contracts/noema/datasets/v1/upload';
import { DataType } from '@noema/contracts/noema/type/v1/tensor_spec';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { parseArtifactRef } from '@noema/contracts';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { catchReason } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  OTHER_PROJECT,
  OTHER_TEAM,
  PROJECT,
  type RunningDatasets,
  startDatasets,
} from './running-datasets.js';

const [ROWS, CHUNK] = [25, 10];
const CLASSES = ['cat', 'dog'];
/** binary16 of 0, 1, −2, 0.333252, 65504 and the smallest number above 0, by the table of IEEE 754. */
const HALVES: readonly (readonly [number, number])[] = [
  [0x0000, 0],
  [0x3c00, 1],
  [0xc000, -2],
  [0x3555, 0.333251953125],
  [0x7bff, 65504],
  [0x0001, 2 ** -24],
];

type Manifest = Exclude<MessageInitShape<typeof UploadManifestSchema>, { $typeName: string }>;

const manifest = (change: Partial<Manifest> = {}): Manifest => ({
  splits: [
    { split: Split.TRAINING, count: 13 },
    { split: Split.VALIDATION, count: 8 },
    { split: Split.UNLABELED, count: 4 },
  ],
  inputs: [
    { spec: { name: 'pixels', dataType: DataType.UINT8, dims: [2, 2] }, scale: 1 / 255 },
    { spec: { name: 'half', dataType: DataType.FLOAT16, dims: [1] }, scale: 0 },
  ],
  groundTruths: [{ spec: { name: 'label', dataType: DataType.FLOAT32, dims: [2] }, scale: 0 }],
  classNames: CLASSES,
  metadataColumns: [
    { name: 'ink', type: ColumnType.NUMBER },
    { name: 'who', type: ColumnType.STRING },
    { name: 'old', type: ColumnType.BOOLEAN },
  ],
  visualizers: [{ name: 'words', mediaType: 'text/plain; charset=utf-8' }],
  chunkRows: CHUNK,
  digest: 'a'.repeat(64),
  ...change,
});

const isLabelled = (row: number): boolean => row < 21;
const bytes = (values: ArrayBufferView): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

function chunk(index: number) {
  const rows = Array.from({ length: Math.min(CHUNK, ROWS - index * CHUNK) }, (_, i) => index * CHUNK + i);
  return {
    sampleIds: rows.map((row) => `s${row}`),
    inputs: [
      Uint8Array.from(rows.flatMap((row) => [row, 0, 255, 51])),
      bytes(Uint16Array.from(rows, (row) => HALVES[row % HALVES.length]![0])),
    ],
    groundTruths: [
      bytes(
        Float32Array.from(rows.flatMap((row) => (isLabelled(row) ? [1 - (row % 2), row % 2] : [NaN, NaN]))),
      ),
    ],
    classIndexes: rows.map((row) => (isLabelled(row) ? row % 2 : -1)),
    metadata: [
      { numbers: rows.map((row) => (row === 3 ? NaN : row / 2)) },
      { texts: rows.map((row) => `w${row % 3}`), missing: index === 1 ? [0] : [] },
      { booleans: rows.map((row) => row % 2 === 0) },
    ],
    visuals: [{ files: rows.map((row) => Buffer.from(`row ${row}`)) }],
  };
}

let running: RunningDatasets;
beforeAll(async () => {
  running = await startDatasets();
  await running.startWorker();
});
afterAll(() => running.stop());

const begin = async (change: Partial<Manifest> = {}): Promise<string> =>
  (await running.api.uploads.createUpload({ projectId: PROJECT, manifest: manifest(change) })).upload!.id;

const createIntegration = async (uploadId: string) =>
  (
    await running.api.integrations.createIntegration({
      projectId: PROJECT,
      displayName: 'mine',
      source: { source: { case: 'uploadId', value: uploadId } },
    })
  ).integration!;

describe('an upload', () => {
  it('becomes a dataset version with the numbers, ids, classes, metadata and texts that were sent', async () => {
    const uploadId = await begin();
    // Chunks come in any order, and one of them twice.
    for (const index of [2, 0, 1, 0])
      await running.api.uploads.addUploadChunk({ uploadId, index, chunk: chunk(index) });
    const integration = await createIntegration(uploadId);
    expect(integration.source?.source).toEqual({ case: 'uploadId', value: uploadId });
    const { version, job } = await running.ingest(integration.id, 8);
    expect(job.state).toBe(JobState.SUCCEEDED);
    expect(version).toMatchObject({ sampleCount: ROWS, classNames: CLASSES });
    expect(version.splits.map(({ count, firstRow }) => [count, firstRow])).toEqual([
      [13, 0],
      [8, 13],
      [4, 21],
    ]);
    const { shards } = await running.api.versions.listShards({ datasetVersionId: version.id });
    const [pixels, half, label]: number[][] = [[], [], []];
    for (const { inputs, groundTruths } of shards) {
      const file = readMatrix(await running.store.get(parseArtifactRef(inputs, 'inputs')));
      pixels!.push(...file.float32('pixels').data);
      half!.push(...file.float32('half').data);
      label!.push(
        ...readMatrix(await running.store.get(parseArtifactRef(groundTruths, 'truths'))).float32('label')
          .data,
      );
    }
    const all = Array.from({ length: ROWS }, (_, row) => row);
    expect(pixels).toEqual(
      all.flatMap((row) => [row / 255, 0, 1, 51 / 255].map((value) => Math.fround(value))),
    );
    expect(half).toEqual(all.map((row) => HALVES[row % HALVES.length]![1]));
    expect(label!.slice(0, 42)).toEqual(all.slice(0, 21).flatMap((row) => [1 - (row % 2), row % 2]));
    const { samples } = await running.api.samples.listSamples({
      datasetVersionId: version.id,
      pageSize: 100,
    });
    expect(samples.map(({ ref }) => ref?.sampleId)).toEqual(all.map((row) => `s${row}`));
    expect(samples.map(({ classIndex }) => classIndex)).toEqual(
      all.map((row) => (isLabelled(row) ? row % 2 : -1)),
    );
    expect(samples[3]!.metadata).toEqual({ who: 'w0', old: false });
    expect(samples[10]!.metadata).toEqual({ ink: 5, old: true });
    // The chunks are deleted, and the same manifest leads to the version.
    const { upload } = await running.api.uploads.createUpload({
      projectId: PROJECT,
      manifest: manifest(),
    });
    expect(upload).toMatchObject({ id: uploadId, receivedChunks: [], datasetVersionId: version.id });
    expect(await catchReason(createIntegration(uploadId))).toBe('precondition UPLOAD_CONSUMED');
  });

  it('can be sent again when its version was deleted', async () => {
    const uploadId = await begin({ digest: '1'.repeat(64) });
    const send = async () => {
      for (const index of [0, 1, 2])
        await running.api.uploads.addUploadChunk({ uploadId, index, chunk: chunk(index) });
      return (await running.ingest((await createIntegration(uploadId)).id)).version;
    };
    const { id: datasetVersionId } = await send();
    await running.api.versions.deleteDatasetVersion({ datasetVersionId });
    expect((await send()).id).toBe(datasetVersionId);
  });

  it('says which chunks it has, so that a client goes on where it was', async () => {
    const uploadId = await begin({ digest: 'b'.repeat(64) });
    await running.api.uploads.addUploadChunk({ uploadId, index: 1, chunk: chunk(1) });
    const { upload } = await running.api.uploads.getUpload({ uploadId });
    expect(upload).toMatchObject({ chunkCount: 3, receivedChunks: [1], datasetVersionId: '' });
    expect(await catchReason(createIntegration(uploadId))).toBe('precondition UPLOAD_INCOMPLETE');
    const other = { ...chunk(1), classIndexes: chunk(1).classIndexes.map(() => 0) };
    expect(await catchReason(running.api.uploads.addUploadChunk({ uploadId, index: 1, chunk: other }))).toBe(
      'conflict UPLOAD_CHUNK_DIFFERS',
    );
  });

  it('is not seen by another team, and has no code to check', async () => {
    const uploadId = await begin({ digest: 'c'.repeat(64) });
    const { uploads } = running.as(OTHER_TEAM);
    expect(await catchReason(uploads.getUpload({ uploadId }))).toBe('not-found UPLOAD_NOT_FOUND');
    expect(await catchReason(uploads.addUploadChunk({ uploadId, index: 0, chunk: chunk(0) }))).toBe(
      'not-found UPLOAD_NOT_FOUND',
    );
    expect(await catchReason(uploads.createUpload({ projectId: PROJECT, manifest: manifest() }))).toMatch(
      /^not-found /,
    );
    for (const index of [0, 1, 2])
      await running.api.uploads.addUploadChunk({ uploadId, index, chunk: chunk(index) });
    expect(
      await catchReason(
        running.as(OTHER_TEAM).integrations.createIntegration({
          projectId: OTHER_PROJECT,
          source: { source: { case: 'uploadId', value: uploadId } },
        }),
      ),
    ).toBe('not-found UPLOAD_NOT_FOUND');
    const integrationId = (await createIntegration(uploadId)).id;
    expect(await catchReason(running.api.integrations.checkIntegration({ integrationId }))).toBe(
      'unsupported UPLOAD_HAS_NO_CODE',
    );
  });

  it.each([
    ['no split', { splits: [] }, 'manifest.splits'],
    ['no input', { inputs: [] }, 'manifest.inputs'],
    [
      'a split twice',
      {
        splits: [
          { split: 1, count: 1 },
          { split: 1, count: 2 },
        ],
      },
      'manifest.splits',
    ],
    ['too many samples', { splits: [{ split: 1, count: 2_000_000_000 }] }, 'manifest.splits'],
    ['a chunk of no rows', { chunkRows: 0 }, 'manifest.chunk_rows'],
    ['a digest that is not a hash', { digest: 'x' }, 'manifest.digest'],
    [
      'a media type that browsers would run',
      { visualizers: [{ name: 'v', mediaType: 'text/html' }] },
      'media_type',
    ],
    [
      'an input of text',
      { inputs: [{ spec: { name: 'x', dataType: DataType.STRING, dims: [1] }, scale: 0 }] },
      'data_type',
    ],
    [
      'an input without size',
      { inputs: [{ spec: { name: 'x', dataType: DataType.FLOAT32, dims: [0] }, scale: 0 }] },
      'dims',
    ],
  ])('is refused with %s', async (_, change, field) => {
    const refused = running.api.uploads.createUpload({
      projectId: PROJECT,
      manifest: manifest(change),
    });
    await expect(refused).rejects.toMatchObject({
      reason: 'UPLOAD_INVALID',
      message: expect.stringContaining(field),
    });
  });

  it.each([
    ['too few rows', { sampleIds: ['a'] }, '1 sample ids'],
    ['too few bytes', { inputs: [new Uint8Array(3), new Uint8Array(20)] }, '3 bytes of "pixels"'],
    ['a sample id twice', { sampleIds: Array.from({ length: 10 }, () => 'same') }, 'sample id twice'],
    [
      'a class beyond the last',
      { classIndexes: Array.from({ length: 10 }, () => 2) },
      'a class index out of range',
    ],
    [
      'a number that is not finite',
      { inputs: [new Uint8Array(40), bytes(new Uint16Array(10).fill(0x7c00))] },
      '"half" that is not finite',
    ],
    [
      'ground truth that is missing',
      { groundTruths: [bytes(new Float32Array(20).fill(NaN))] },
      '"label" that is not finite',
    ],
    ['no metadata', { metadata: [] }, '0 metadata columns'],
  ])('refuses a chunk with %s', async (_, change, said) => {
    const uploadId = await begin({ digest: 'd'.repeat(64) });
    const refused = running.api.uploads.addUploadChunk({
      uploadId,
      index: 0,
      chunk: { ...chunk(0), ...change },
    });
    await expect(refused).rejects.toMatchObject({
      reason: 'UPLOAD_CHUNK_INVALID',
      message: expect.stringContaining(said),
    });
  });
});
