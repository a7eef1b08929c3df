import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory, waitFor } from '@noema/testing';
import { jobEnded, trainBlobs } from './blobs-platform.js';
import { noema, noemaJson } from './command-line.js';
import { twoOutputsModel } from './fixtures/two-outputs.model.js';
import { startFresh } from './fresh-platform.js';
import { RestCaller } from './rest-caller.js';
import { copyRunTemplate } from './run-template.js';

const INTEGRATION = fileURLToPath(new URL('./fixtures/two-outputs.integration.js', import.meta.url));
const EPOCHS = 4;

interface TwoOutputsIds {
  readonly projectId: string;
  readonly datasetVersionId: string;
  /** Run of four epochs. */
  readonly runId: string;
  /** Run of one epoch of the same network on the same data. */
  readonly earlierRunId: string;
}

/** A platform with runs of a network with the outputs `place`, which is learned, and `corner`, of which it errs. */
export interface TwoOutputsPlatform extends TwoOutputsIds {
  readonly url: string;
  readonly apiKey: string;
  readonly directory: string;
  readonly rest: RestCaller;
  stop(): Promise<void>;
}

/** Starts the platform in a directory of its own. The runs are trained once in a run of the tests. */
export async function startTwoOutputs(): Promise<TwoOutputsPlatform> {
  const directory = await temporaryDirectory();
  const ids = await copyRunTemplate('two-outputs', directory.path, async (template) => {
    const { url } = await startFresh(template);
    const made = await makeRuns(new RestCaller(url, await readApiKey(template)));
    await noema(template, 'down');
    return made;
  });
  const { url } = await noemaJson<{ url: string }>(directory.path, 'up', '--port', '0');
  const apiKey = await readApiKey(directory.path);
  return {
    ...ids,
    url,
    apiKey,
    directory: directory.path,
    rest: new RestCaller(url, apiKey),
    stop: async () => {
      await noema(directory.path, 'down');
      await directory.remove();
    },
  };
}

const readApiKey = async (directory: string): Promise<string> =>
  (JSON.parse(await readFile(join(directory, 'credentials.json'), 'utf8')) as { api_key: string }).api_key;

async function makeRuns(rest: RestCaller): Promise<TwoOutputsIds> {
  const { projectId, version, model, runId } = await trainBlobs(rest, {
    name: 'two outputs',
    modulePath: INTEGRATION,
    classes: 3,
    topology: twoOutputsModel,
    epochs: EPOCHS,
  });
  const earlier = await rest.make<{ id: string; jobId: string }>(`/v1/projects/${projectId}/runs`, 'run', {
    displayName: 'two outputs, one epoch',
    datasetVersionId: version.id,
    modelVersionId: model.latestVersionId,
    settings: { kind: 'RUN_KIND_TRAIN', epochs: 1, batchSize: 32, seed: 1 },
  });
  await jobEnded(rest, 'training', earlier.jobId);
  for (const [id, epoch] of [
    [runId, EPOCHS],
    [earlier.id, 1],
  ] as const)
    await waitFor(
      async () => {
        const { body } = await rest.get(`/v1/projects/${projectId}/explorations?run_id=${id}&epoch=${epoch}`);
        return (body['explorations'] as { state: string }[] | undefined)?.some(
          ({ state }) => state === 'JOB_STATE_SUCCEEDED',
        );
      },
      { timeoutMs: 300_000, what: `the map of run ${id}` },
    );
  return { projectId, datasetVersionId: version.id, runId, earlierRunId: earlier.id };
}
