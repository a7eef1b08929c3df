import type { DescService } from '@bufbuild/protobuf';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import type { ServiceClient } from '@noema/grpc';
import { describe, expect, it } from 'vitest';
import { DatasetCatalog } from './dataset-catalog.js';

const ref = (name: string) => ({ uri: `file://${name}`, sha256: 'ab', sizeBytes: 3n, mediaType: 'x/y' });

function fakeCatalog(version: object, responses: Readonly<Record<string, unknown>> = {}): DatasetCatalog {
  const client = {
    getDatasetVersion: () =>
      Promise.resolve({
        datasetVersion: {
          id: 'v',
          projectId: 'p',
          state: JobState.SUCCEEDED,
          sampleCount: 3,
          shardSize: 2,
          classNames: ['a'],
          splits: [],
          inputs: [],
          groundTruths: [],
          visualizers: [],
          metricNames: [],
          hasLoss: false,
          metadataColumns: [{ name: 'patient' }, { name: 'age' }],
          groupField: '',
          ...version,
        },
      }),
    listShards: ({ pageToken }: { readonly pageToken: string }) =>
      Promise.resolve(
        pageToken === ''
          ? { shards: [{ index: 0, firstRow: 0, rowCount: 2, inputs: ref('0') }], nextPageToken: 'more' }
          : {
              shards: [{ index: 1, firstRow: 2, rowCount: 1, inputs: ref('1'), groundTruths: ref('t') }],
              nextPageToken: '',
            },
      ),
    listSamples: () => Promise.resolve(responses['listSamples']),
  };
  return new DatasetCatalog({ of: <S extends DescService>() => client as unknown as ServiceClient<S> });
}

describe('DatasetCatalog', () => {
  it('reads a version with its splits by name', async () => {
    const catalog = fakeCatalog({ splits: [{ split: Split.TEST, firstRow: 0, count: 3 }] });
    expect(await catalog.version('team', 'v')).toMatchObject({
      isReady: true,
      splits: [{ split: 'test', firstRow: 0, count: 3 }],
      samples: undefined,
    });
  });

  it('reads the names of metadata, and which one groups samples', async () => {
    const metadataNames = ['patient', 'age'];
    const read = await fakeCatalog({ groupField: 'patient' }).version('team', 'v');
    expect(read).toMatchObject({ metadataNames, groupField: 'patient' });
    expect((await fakeCatalog({}).version('team', 'v')).groupField).toBeUndefined();
  });

  it('refuses a version with a split that it does not know', async () => {
    await expect(
      fakeCatalog({ splits: [{ split: 99, firstRow: 0, count: 3 }] }).version('team', 'v'),
    ).rejects.toMatchObject({ kind: 'unsupported', reason: 'SPLIT_UNKNOWN', metadata: { split: '99' } });
  });

  it('refuses the address of a sample whose split it does not know', async () => {
    const listSamples = { samples: [{ row: 1, ref: { split: Split.UNSPECIFIED, sampleId: 'x' } }] };
    await expect(fakeCatalog({}, { listSamples }).addresses('team', 'v', [1])).rejects.toMatchObject({
      reason: 'SPLIT_UNKNOWN',
    });
  });

  it('reads the shards of all pages in order', async () => {
    expect(await fakeCatalog({}).shards('team', 'v')).toEqual([
      {
        index: 0,
        firstRow: 0,
        rowCount: 2,
        inputs: { ...ref('0'), sizeBytes: 3 },
        groundTruths: undefined,
      },
      {
        index: 1,
        firstRow: 2,
        rowCount: 1,
        inputs: { ...ref('1'), sizeBytes: 3 },
        groundTruths: { ...ref('t'), sizeBytes: 3 },
      },
    ]);
  });

  it('says that a version without a sample table is not ready', async () => {
    await expect(fakeCatalog({}).samples('team', 'v')).rejects.toMatchObject({
      reason: 'DATASET_VERSION_NOT_READY',
    });
  });
});
