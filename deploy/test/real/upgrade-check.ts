import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@noema/testing';
import { check, say } from './checks.js';
import { createDigitRun, openDigits, waitForMaps, writeDigits } from './digit-walk.js';
import { gatewayAddress, patientPlatform } from './gateway-platform.js';
import { operate } from './operate.js';
import type { RealNode } from './real-node.js';
import { untilReplaced } from './replaced-pods.js';
import { createRuntimeClass, SANDBOX_PODS } from './sandbox-pods.js';
import { describeRequests, failedRequests, type SteadyReport, startRequests } from './steady-requests.js';
import { checkJobs } from './team-jobs.js';

const PER_SECOND = 50;
const UNDISTURBED_MS = 15_000;
const EPOCHS = 8;
const PATIENCE_MS = 1_800_000;
/** Values of both releases: they are the operator's. */
const MINIMAL = 'deploy/helm/noema/values/minimal.yaml';

/** Two releases: the one that `tools/release-before.sh` left in a folder, and the packed charts of this one. */
export interface Releases {
  readonly before: string;
  readonly charts: string;
  readonly root: string;
}

/**
 * Installs the release before, and while a run goes on and requests are sent at a steady rate, upgrades to this
 * release, rolls back, and upgrades again. Throws when a request fails, a job fails or a map is missing. Leaves
 * this release installed.
 */
export async function upgradeCheck(node: RealNode, { before, charts, root }: Releases): Promise<void> {
  for (const file of await readdir(join(before, 'images')))
    if (file.endsWith('.tar')) await node.importImage(join(before, 'images', file));
  await createRuntimeClass(node);
  const helm = (...args: string[]): Promise<string> =>
    node.run('helm', [...args, '-n', 'noema', '--wait', '--timeout', '15m']);
  await check('helm install of the release before', () =>
    helm(
      ...['install', 'noema', join(before, 'charts/noema'), '-f', join(root, MINIMAL)],
      ...['--set', 'global.image.tag=before', ...SANDBOX_PODS],
    ),
  );
  const key = await createTeam(node);
  const platform = await patientPlatform(node, key);
  const folder = join(node.directory, 'upgrade');
  await mkdir(folder, { recursive: true });
  await writeDigits(folder);
  await check('digits in the release before', () => openDigits(platform, folder));
  const upgrade = (): Promise<string> =>
    helm('upgrade', 'noema', join(charts, 'noema'), '-f', join(root, MINIMAL), ...SANDBOX_PODS);
  const steps = [
    ['helm upgrade to this release', upgrade],
    ['helm rollback to the release before', () => helm('rollback', 'noema')],
    ['helm upgrade to this release once more', upgrade],
  ] as const;
  const failures: string[] = [];
  for (const [title, step] of steps) {
    const run = await createDigitRun(platform, title, EPOCHS);
    await waitFor(async () => (await platform.get(`/v1/runs/${run.id}/epochs`)).epochs?.length > 0, {
      timeoutMs: PATIENCE_MS,
      intervalMs: 1_000,
      what: 'the first epoch',
    });
    const url = await gatewayAddress(node);
    const paths = [
      '/v1/projects',
      `/v1/projects/${run.projectId}/runs`,
      `/v1/dataset-versions/${run.datasetVersionId}/samples?page_size=10`,
      `/v1/runs/${run.id}/epochs`,
      '/openapi.json',
    ];
    const load = { url, key, perSecond: PER_SECOND, paths };
    const undisturbed = startRequests(node, load);
    await delay(UNDISTURBED_MS);
    say(`without a change: ${describeRequests(await undisturbed())}`);
    const stop = startRequests(node, load);
    let report: SteadyReport;
    try {
      await check(`${title}, under load`, step);
      await untilReplaced(node, 180_000);
    } finally {
      report = await stop();
    }
    say(describeRequests(report));
    for (const example of report.examples) say(example);
    if (failedRequests(report) > 0) failures.push(`${failedRequests(report)} requests during ${title}`);
    await check(`run of ${EPOCHS} epochs across ${title}: every map`, () =>
      waitForMaps(platform, run, PATIENCE_MS),
    );
  }
  say(await check('jobs of the releases', () => checkJobs(platform, PATIENCE_MS)));
  await check('no request has failed', async () => {
    if (platform.internalErrors.length > 0) failures.push(...platform.internalErrors);
    if (failures.length > 0) throw new Error(failures.join('; '));
  });
}

/** A team without limits of requests; returns its key. */
async function createTeam(node: RealNode): Promise<string> {
  const admin = ['--admin-name', 'Ada', '--admin-email', 'ada@example.org'];
  const created = await operate(node, 'create-team', '--name', 'upgrade', ...admin);
  await operate(node, 'set-quota', '--team', created['team'].id, '--max-requests-per-minute', '0');
  return created['adminApiKey'];
}
