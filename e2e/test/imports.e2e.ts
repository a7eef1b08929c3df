import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory, waitFor } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobEnded } from '../src/blobs-platform.js';
import { noema } from '../src/command-line.js';
import { startFresh } from '../src/fresh-platform.js';
import { RestCaller } from '../src/rest-caller.js';

interface Named {
  readonly id: string;
}
type Exploration = Named & {
  readonly state: string;
  readonly activationSetId: string;
  readonly pointCount: number;
};

const toPath = (name: string): string =>
  fileURLToPath(new URL(`../../src/fixtures/${name}.onnx`, import.meta.url));
const FILE = toPath('blobs');
const INTEGRATION = fileURLToPath(new URL('../src/fixtures/blobs.integration.js', import.meta.url));

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let rest: RestCaller;
let projectId: string;
let datasetVersionId: string;
beforeAll(async () => {
  directory = await temporaryDirectory();
  const { url } = await startFresh(directory.path);
  rest = new RestCaller(
    url,
    (JSON.parse(await readFile(join(directory.path, 'credentials.json'), 'utf8')) as { api_key: string })
      .api_key,
  );
  projectId = (await rest.make<Named>('/v1/projects', 'project', { displayName: 'imported' })).id;
}, 600_000);
afterAll(async () => {
  await noema(directory.path, 'down');
  await directory.remove();
});

const of = (noun: string): string => `/v1/projects/${projectId}/${noun}`;
const importing = (...args: string[]) =>
  noema(directory.path, '--json', '--project', 'imported', 'models', 'import', ...args);

async function evaluated(modelVersionId: string): Promise<Named> {
  const run = await rest.make<Named & { jobId: string }>(of('runs'), 'run', {
    datasetVersionId,
    modelVersionId,
    settings: { kind: 'RUN_KIND_EVALUATE' },
  });
  await jobEnded(rest, 'training', run.jobId);
  return run;
}

async function analyzed(runId: string): Promise<{ heatMaps: unknown[]; fallbacks?: { operator: string }[] }> {
  const { id, jobId } = await rest.make<Named & { jobId: string }>(of('analyses'), 'analysis', {
    runId,
    sample: { split: 'SPLIT_VALIDATION', sampleId: 's480' },
  });
  await jobEnded(rest, 'explanations', jobId);
  return (await rest.get(`/v1/analyses/${id}`)).body['analysis'] as {
    heatMaps: unknown[];
    fallbacks?: { operator: string }[];
  };
}

describe('a network from PyTorch', () => {
  it('is imported by the command line, evaluated, mapped, explained and searched', async () => {
    const done = await importing(FILE, '--name', 'torch', '--logits', 'softmax');
    expect(done.code, done.stderr).toBe(0);
    const { models } = (await rest.get(of('models'))).body as {
      models: (Named & { displayName: string; format: string; latestVersionId: string })[];
    };
    expect(models).toMatchObject([{ displayName: 'torch', format: 'MODEL_FORMAT_ONNX' }]);
    const integration = await rest.make<Named>(of('integrations'), 'integration', {
      displayName: 'blobs',
      source: { modulePath: INTEGRATION },
    });
    const data = await rest.make<Named & { jobId: string }>(of('dataset-versions'), 'datasetVersion', {
      integrationId: integration.id,
      shardSize: 256,
    });
    await jobEnded(rest, 'datasets', data.jobId);
    datasetVersionId = data.id;
    const run = await evaluated(models[0]!.latestVersionId);
    const exploration = await waitFor(
      async () => {
        const { explorations } = (await rest.get(`${of('explorations')}?run_id=${run.id}`)).body as {
          explorations?: Exploration[];
        };
        return explorations?.find(({ state }) => state === 'JOB_STATE_SUCCEEDED');
      },
      { timeoutMs: 120_000, what: 'the map of the evaluation' },
    );
    expect(exploration.pointCount).toBeGreaterThan(500);
    const { activationSet } = (await rest.get(`/v1/activation-sets/${exploration.activationSetId}`)).body as {
      activationSet: { layers: { name: string; units: number }[] };
    };
    expect(activationSet.layers.map(({ name }) => name)).toEqual(['conv1', 'conv2', 'fc']);
    const analysis = await analyzed(run.id);
    expect(analysis.heatMaps.length).toBeGreaterThan(2);
    expect(analysis.fallbacks ?? []).toEqual([]);
    const similar = await noema(
      directory.path,
      '--json',
      '--project',
      'imported',
      'similar',
      exploration.id,
      'validation/s480',
    );
    expect(similar.code, similar.stderr).toBe(0);
  }, 300_000);

  it('with an operator that has no gradient is explained without, and the analysis names it', async () => {
    const { code, stdout, stderr } = await importing(toPath('blobs-no-gradient'));
    expect(code, stderr).toBe(0);
    const { latestVersionId, displayName } = JSON.parse(stdout) as {
      latestVersionId: string;
      displayName: string;
    };
    expect(displayName).toBe('blobs-no-gradient');
    const analysis = await analyzed((await evaluated(latestVersionId)).id);
    expect(analysis.heatMaps.length).toBeGreaterThan(2);
    expect(JSON.stringify(analysis.fallbacks)).toContain('GridSample');
    const training = await rest.post(of('runs'), {
      datasetVersionId,
      modelVersionId: latestVersionId,
      settings: { epochs: 1 },
    });
    expect([training.status, training.body['reason'] ?? JSON.stringify(training.body)]).toEqual([
      501,
      expect.stringContaining('GRADIENT_UNSUPPORTED'),
    ]);
  }, 120_000);

  it('that is broken is refused in words, and leaves no model', async () => {
    const done = await importing(INTEGRATION, '--name', 'broken');
    expect(done.code).not.toBe(0);
    expect(done.stderr).toContain('the file is of no known format; give onnx');
    expect(((await rest.get(of('models'))).body as { models: unknown[] }).models).toHaveLength(2);
    expect((await importing(FILE, '--name', 'torch')).stderr).toContain('MODEL_NAME_TAKEN');
  });
});
