import { waitFor } from '@noema/testing';
import { blobsModel } from '../fixtures/blobs.model.js';
import type { RestCaller } from '../rest-caller.js';
import type { Ingested } from './ingest-blobs.js';

interface Map {
  readonly epoch: number;
  readonly state: string;
}

/** Begins a run on small data. */
export async function trainBlobs(
  rest: RestCaller,
  { projectId, datasetVersionId }: Ingested,
  { epochs = 2, batchSize = 32 } = {},
): Promise<{ readonly id: string; readonly jobId: string }> {
  const model = await rest.make<{ latestVersionId: string }>(`/v1/projects/${projectId}/models`, 'model', {
    displayName: `blobs ${epochs}`,
    topology: blobsModel(),
    seed: 1,
  });
  return rest.make<{ id: string; jobId: string }>(`/v1/projects/${projectId}/runs`, 'run', {
    datasetVersionId,
    modelVersionId: model.latestVersionId,
    settings: {
      kind: 'RUN_KIND_TRAIN',
      epochs,
      batchSize,
      seed: 1,
      optimizer: { name: 'adam', config: { learning_rate: 0.01 } },
    },
  });
}

/** Waits until every epoch of the run has its map, which follows by itself through three services. */
export const mapsDrawn = (
  rest: RestCaller,
  projectId: string,
  runId: string,
  epochs: number,
): Promise<readonly Map[]> =>
  waitFor(
    async () => {
      const { body } = await rest.get(`/v1/projects/${projectId}/explorations?run_id=${runId}`);
      const maps = (body['explorations'] ?? []) as Map[];
      return maps.length === epochs && maps.every((m) => m.state === 'JOB_STATE_SUCCEEDED')
        ? maps
        : undefined;
    },
    { timeoutMs: 180_000, intervalMs: 250, what: `the ${epochs} maps of run ${runId}` },
  );
