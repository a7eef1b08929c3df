import { fileURLToPath } from 'node:url';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { Integration } from '@noema/contracts/noema/datasets/v1/integration';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { DomainError } from '@noema/kernel';
import { splitName } from '../commands/sample-address.js';
import { watchJob } from '../commands/watch-job.js';
import type { WalkContext } from './walk-context.js';

const NAME = 'digits';

/** Checks the integration of the digits and ingests it; the digits of an earlier walk are found. */
export async function ingestDigits(context: WalkContext): Promise<DatasetVersion> {
  const { noema, narrator, projectId } = context;
  narrator.chapter(
    'The data',
    'An integration is a small program of yours that says what a sample is. This one reads 10,000 real ' +
      'handwritten digits.',
  );
  const { datasetVersions } = await noema.datasets.listDatasetVersions({ projectId, pageSize: 1000 });
  const found = datasetVersions.find((v) => v.displayName === NAME && v.state === JobState.SUCCEEDED);
  if (found !== undefined) narrator.say('found the digits of an earlier walk');
  const version = found ?? (await ingestAnew(context));
  narrator.say(
    `${version.sampleCount} samples: ` +
      `${version.splits.map((s) => `${s.count} for ${splitName(s.split)}`).join(', ')}; each ` +
      `${version.inputs[0]!.dims.join(' × ')}, with ` +
      `${version.metadataColumns.map((c) => c.name).join(', ')}`,
  );
  return version;
}

async function ingestAnew(context: WalkContext): Promise<DatasetVersion> {
  const { id } = await context.stopwatch.measure('integration', () => checkedIntegration(context));
  return context.stopwatch.measure('dataset', () => ingest(context, id));
}

async function ingest(
  { noema, command, projectId }: WalkContext,
  integrationId: string,
): Promise<DatasetVersion> {
  const { datasetVersion, job } = await noema.datasets.createDatasetVersion({
    projectId,
    integrationId,
    displayName: NAME,
    requestId: 'demo-digits',
  });
  if (job !== undefined && job.id !== '')
    await watchJob(
      noema,
      command.terminal,
      { service: 'datasets', jobId: job.id, title: 'reading digits' },
      command.signal,
    );
  return (await noema.datasets.getDatasetVersion({ datasetVersionId: datasetVersion!.id })).datasetVersion!;
}

async function checkedIntegration({ noema, narrator, projectId }: WalkContext): Promise<Integration> {
  const modulePath = fileURLToPath(import.meta.resolve('@noema/example-mnist'));
  const known = (await noema.integrations.listIntegrations({ projectId, pageSize: 100 })).integrations.find(
    (i) => i.displayName === 'mnist',
  );
  const integration =
    known ??
    (
      await noema.integrations.createIntegration({
        projectId,
        displayName: 'mnist',
        source: { source: { case: 'modulePath', value: modulePath } },
        requestId: 'demo-integration',
      })
    ).integration!;
  const { report } = await noema.integrations.checkIntegration({
    integrationId: integration.id,
    samplesPerSplit: 16,
  });
  if (report?.passed !== true)
    throw new DomainError(
      'internal',
      'INTEGRATION_FAULTY',
      `the integration of the digits has faults: ${report?.summary ?? ''}`,
    );
  narrator.say(
    `${report.handlers.length} handlers tried on 16 samples of each split: ` +
      `${report.handlers.map((h) => h.name).join(', ')} – all work`,
  );
  return integration;
}
