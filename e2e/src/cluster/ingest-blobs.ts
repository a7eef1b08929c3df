import { fileURLToPath } from 'node:url';
import { jobEnded } from '../blobs-platform.js';
import type { RestCaller } from '../rest-caller.js';

interface Named {
  readonly id: string;
}

export interface Ingested {
  readonly projectId: string;
  readonly integrationId: string;
  readonly datasetVersionId: string;
  readonly jobId: string;
}

/** A compiled integration among the fixtures. */
export const fixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/${name}.integration.js`, import.meta.url));

/** A new project with the small data in it, ready unless `wait` is false. */
export async function ingestBlobs(
  rest: RestCaller,
  name: string,
  { wait = true, shardSize = 128, integration = 'blobs' } = {},
): Promise<Ingested> {
  const project = await rest.make<Named>('/v1/projects', 'project', { displayName: name });
  const made = await rest.make<Named>(`/v1/projects/${project.id}/integrations`, 'integration', {
    displayName: name,
    source: { modulePath: fixture(integration) },
  });
  const version = await rest.make<Named & { jobId: string }>(
    `/v1/projects/${project.id}/dataset-versions`,
    'datasetVersion',
    { integrationId: made.id, displayName: name, shardSize },
  );
  const ingested = {
    projectId: project.id,
    integrationId: made.id,
    jobId: version.jobId,
    datasetVersionId: version.id,
  };
  if (!wait) return ingested;
  await jobEnded(rest, 'datasets', version.jobId);
  const { datasetVersion } = (await rest.get(`/v1/dataset-versions/${version.id}`)).body as {
    datasetVersion: Named;
  };
  return { ...ingested, datasetVersionId: datasetVersion.id };
}
