import { type ArtifactRef, type ProjectId, uuidv7 } from '@noema/kernel';
import { datasetVersionNotFound } from '../src/dataset-version/dataset-version.errors.js';
import type {
  DatasetContent,
  DatasetVersionId,
  ReadyDatasetVersion,
} from '../src/dataset-version/dataset-version.js';
import type { IntegrationId } from '../src/integration/integration.js';

export const artifact = (uri: string): ArtifactRef => ({ uri, sha256: '0', sizeBytes: 1, mediaType: 'x' });

/** A version of 600 samples in shards of 100 rows, with pictures and texts. */
export function readyVersion(content: Partial<DatasetContent> = {}): ReadyDatasetVersion {
  return {
    id: uuidv7() as DatasetVersionId,
    ingestionId: uuidv7(),
    projectId: uuidv7() as ProjectId,
    integrationId: uuidv7() as IntegrationId,
    displayName: 'digits 1',
    jobId: uuidv7(),
    state: 'succeeded',
    shardSize: 100,
    createTime: new Date(0),
    readyTime: new Date(1),
    ready: {
      contentDigest: 'c',
      samples: artifact('samples'),
      content: {
        sampleCount: 600,
        splits: [{ split: 'training', count: 600, firstRow: 0 }],
        inputs: [{ name: 'image', type: 'float32', dims: [4] }],
        groundTruths: [],
        classNames: ['zero', 'one'],
        metadataColumns: [{ name: 'size', type: 'number', distinct: 5, missing: 0, values: [] }],
        visualizers: [
          { name: 'image', mediaType: 'image/png' },
          { name: 'caption', mediaType: 'text/plain' },
        ],
        ...content,
      },
    },
  };
}

/** Knows one version, and that it is ready. */
export function oneVersion(version: ReadyDatasetVersion) {
  const get = (_teamId: string, id: string): Promise<ReadyDatasetVersion> =>
    id === version.id ? Promise.resolve(version) : Promise.reject(datasetVersionNotFound(id));
  return { get, getReady: get };
}

/** The shards of a version of 100 rows each, by row. */
export const shardsOfHundred = {
  get: (_teamId: string, _version: unknown, row: number) => {
    const index = Math.floor(row / 100);
    return Promise.resolve({
      index,
      firstRow: index * 100,
      rowCount: 100,
      inputs: artifact(`inputs-${index}`),
      groundTruths: undefined,
      visuals: artifact(`visuals-${index}`),
    });
  },
};
