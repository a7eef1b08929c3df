import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { check, say, summary } from './checks.js';
import { documentCommands } from './document-commands.js';
import { faultCheck } from './fault-check.js';
import { gpuStage } from './gpu-stage.js';
import { MetricsStage } from './metrics-stage.js';
import { productionStage } from './production.js';
import { networkMatrix } from './network-matrix.js';
import { podMemory } from './pod-memory.js';
import { policyCheck } from './policy-check.js';
import { importImages } from './real-images.js';
import { missing, type RealNode, startNode } from './real-node.js';
import { untilReplaced } from './replaced-pods.js';
import { createRuntimeClass, SANDBOX_PODS } from './sandbox-pods.js';
import { systemObjects, VOLUMES } from './system-objects.js';
import { upgradeCheck } from './upgrade-check.js';
import { DigitComparison } from './walk-check.js';

/**
 * `make kube-real`: starts a real Kubernetes of one node, loads the images, tries a NetworkPolicy, installs Noema
 * by the commands of docs/operations.md, runs `helm test`, makes a team, connects every pod to every other, and walks
 * from digits to heat maps there and on this machine, while Prometheus scrapes everything, and once more while pods
 * and programs of the node are killed. Workers on GPUs that the node only states have to refuse. Then the installation
 * becomes values/production.yaml: KEDA, mutual TLS, OpenID, an ingress and a browser. `--only walk,faults` names the
 * stages that follow the installation (network, walk, metrics, faults and gpu after walk, production); `--keep` leaves
 * the installation up until Ctrl-C. `--before FOLDER` first installs the release that `tools/release-before.sh` built
 * there, and upgrades it under load.
 */
const { values: options } = parseArgs({
  options: {
    keep: { type: 'boolean', default: false },
    before: { type: 'string' },
    only: { type: 'string', default: 'network,walk,metrics,faults,gpu,production' },
  },
});
const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
/** The folder that the document packs the charts into; here it is the node's own, so that nothing stays. */
const PACKED = '/tmp/noema';

const lacks = await missing();
if (lacks.length > 0) {
  console.error(`kube-real: missing: ${lacks.join(', ')}`);
  process.exit(1);
}

const packedCharts = (node: RealNode): string => join(node.directory, 'packed');

/** Runs lines of the document in one shell in the node's network. */
const shell = (node: RealNode, lines: readonly string[]): Promise<string> =>
  node.run('bash', [
    ...['--norc', '-euo', 'pipefail', '-c'],
    `cd ${ROOT}\n${lines.join('\n').replaceAll(PACKED, packedCharts(node))}`,
  ]);

async function prepare(node: RealNode): Promise<void> {
  await check('images are in the node', () => importImages(node, say));
  for (const name of VOLUMES) await mkdir(join(node.directory, 'volumes', name), { recursive: true });
  await node.kubectl(['apply', '-f', '-'], systemObjects(node.directory));
  await check('CoreDNS is ready', () =>
    node.kubectl(['-n', 'kube-system', 'rollout', 'status', 'deploy/coredns', '--timeout=300s']),
  );
  await check('pods find each other by name, and a NetworkPolicy refuses and lets through', () =>
    policyCheck(node),
  );
}

/** Returns the API key of the first team. */
async function install(node: RealNode): Promise<string> {
  for (const command of await documentCommands('## Install')) {
    // The document's commands then upgrade what the stage leaves.
    if (options.before !== undefined && command.includes('--dry-run'))
      await upgradeCheck(node, {
        before: resolve(options.before),
        charts: join(packedCharts(node), 'charts'),
        root: ROOT,
      });
    await check(command, () => shell(node, [command]));
  }
  const [define = '', create = ''] = await documentCommands('### First team');
  const team = await check(create, () => shell(node, [define, create]));
  return (JSON.parse(team) as { readonly adminApiKey: string }).adminApiKey;
}

/** Code of users in pods of their own. */
async function openSandboxes(node: RealNode): Promise<void> {
  await createRuntimeClass(node);
  await check('helm upgrade: integrations run in pods of their own', () =>
    node.run('helm', [
      ...['upgrade', 'noema', join(packedCharts(node), 'charts/noema'), '-n', 'noema', '--reuse-values'],
      ...[...SANDBOX_PODS, '--wait', '--timeout', '15m'],
    ]),
  );
  await untilReplaced(node);
}

let node: RealNode | undefined;
let ended: Promise<void> | undefined;
const end = (): Promise<void> => (ended ??= node?.stop() ?? Promise.resolve());
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void end().then(() => process.exit(130)));
try {
  node = await check('the node is ready', startNode);
  await prepare(node);
  const key = await install(node);
  const ready = node;
  const stages = new Set(options.only.split(','));
  const comparison = new DigitComparison(node);
  const metrics = stages.has('metrics')
    ? await MetricsStage.start(node, (command) => shell(ready, [command]))
    : undefined;
  if (stages.has('network'))
    say(await check('NetworkPolicies: every pair of pods and port', () => networkMatrix(ready)));
  if (stages.has('walk')) {
    await openSandboxes(node);
    say(await check('the walk of 10,000 digits in pods', () => comparison.walkInPods(key)));
    for (const line of await podMemory(node)) say(line);
  }
  if (stages.has('walk')) await metrics?.prove(key);
  if (stages.has('faults'))
    for (const line of await check('the same run while parts are killed', () => faultCheck(ready, key)))
      say(line);
  if (stages.has('gpu')) await gpuStage(node, key, (command) => shell(ready, [command]));
  if (stages.has('production')) {
    await productionStage(node, comparison);
    await metrics?.watch();
  }
  if (options.keep) {
    say(`up until Ctrl-C; nsenter --target $(cat ${node.directory}/pid) --all; ${node.kubeconfig}`);
    await new Promise(() => setInterval(() => undefined, 60_000));
  }
} catch (error) {
  if (summary().failed === 0) throw error;
  process.exitCode = 1;
} finally {
  await check('everything has ended', end).catch(() => {
    process.exitCode = 1;
  });
  console.log(`${summary().passed} passed, ${summary().failed} failed`);
}
process.exit();
