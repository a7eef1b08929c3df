import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CertificateAuthority } from '@noema/testing';
import { build } from 'esbuild';
import { CHARTS } from '../../src/charts.js';
import { toolPath } from '../../src/helm.program.js';
import { check, say } from './checks.js';
import { platformAt } from './gateway-platform.js';
import { formatNginx, type Ingress } from './ingress-proxy.js';
import { scalingCheck, startKeda, WorkerWatch } from './keda.js';
import { operate } from './operate.js';
import type { RealNode } from './real-node.js';
import { untilReplaced } from './replaced-pods.js';
import { createRuntimeClass } from './sandbox-pods.js';
import { OUTSIDE } from './system-objects.js';
import type { DigitComparison } from './walk-check.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const VALUES = join(ROOT, 'deploy/helm/noema/values');
const URL_OF_PEOPLE = 'https://noema.example.org';
const ISSUER = 'https://login.example.org';
/** Image of nginx and image with Node that the node has. */
const [NGINX, NODE] = ['ghcr.io/noema/web:0.1.0', 'ghcr.io/noema/workspace:0.1.0'];
/** As the policy for the provider has it: policies see the port of the pod, not of the Service. */
const PORT = 443;
/** Picture of the map in the browser. */
const PICTURE = join(ROOT, '.tools/kube/map.png');
/** Time in which workers that have nothing to do end: `idleExitMs`, a poll of KEDA, and the end of a pod. */
const IDLE_MS = 180_000;

/** Values for the registry, servers and runtime of the reader, which the node does not have. */
const OWN = [
  'global.image.registry=ghcr.io/noema',
  'global.bus.tlsSecretName=',
  `global.oidc.issuer=${ISSUER}`,
  'global.trustedCaSecretName=own-authority',
  'datasets.sandbox.runtimeClassName=plain',
  // A shard is worth a worker, so that four come to the five shards of the digits.
  'activations.worker.scaling.shardsPerWorker=1',
  'activations.worker.scaling.max=4',
];

/**
 * Upgrades the installation to values/production.yaml with servers of minimal.yaml: sign-in by OpenID, mutual TLS,
 * workers by KEDA, an ingress with TLS. Then a second team walks through the ingress, and a person signs in by a
 * browser.
 */
export async function productionStage(node: RealNode, comparison: DigitComparison): Promise<void> {
  const authority = join(node.directory, 'authority.crt');
  await check('KEDA is ready', () => startKeda(node));
  await check('certificates, an OpenID provider and what the values name', () => prepare(node, authority));
  await check('helm upgrade: production.yaml with servers of minimal.yaml', () => upgrade(node));
  await check('helm test noema -n noema', () => node.run('helm', ['test', 'noema', '-n', 'noema']));
  await check('the ingress', () => startIngress(node));
  const admin = ['--admin-name', 'Ada', '--admin-email', 'ada@example.org'];
  const { adminApiKey: key } = await operate(node, 'create-team', '--name', 'second', ...admin);
  const outside = (program: string, args: readonly string[]): Promise<string> =>
    node.run('env', [`NODE_EXTRA_CA_CERTS=${authority}`, program, ...args]);
  const workers = new WorkerWatch(node);
  try {
    await check('no worker runs while there is nothing to do', () => workers.untilNone(IDLE_MS));
    say(
      await check('the walk of a second team through the ingress, mutual TLS and workers of KEDA', () =>
        comparison.walkAt(URL_OF_PEOPLE, key, outside),
      ),
    );
    await check('workers that have nothing to do end', () => workers.untilNone(IDLE_MS));
  } finally {
    await workers.stop();
  }
  say(
    await check('no job failed, no busy worker was ended', () =>
      scalingCheck(node, platformAt(URL_OF_PEOPLE, key, outside), workers),
    ),
  );
  say(
    await check('a person signs in by OpenID and sees the map, by a browser', () =>
      node.run('node', [
        join(ROOT, 'deploy/dist/test/real/browser-visit.main.js'),
        URL_OF_PEOPLE,
        'ada',
        PICTURE,
      ]),
    ),
  );
}

async function prepare(node: RealNode, authorityFile: string): Promise<void> {
  const authority = await CertificateAuthority.create('CN=Authority of the cluster');
  await writeFile(authorityFile, authority.pem);
  const certificate = async (name: string, namespace: string, names: readonly string[]) => {
    const { cert, key, ca } = await authority.issue({ names });
    return secret(name, namespace, { 'tls.crt': cert, 'tls.key': key, 'ca.crt': ca });
  };
  for (const name of ['ingress-nginx', 'login']) await node.kubectl(['create', 'namespace', name]);
  for (const name of ['servicemonitors', 'prometheusrules'])
    await node.kubectl([
      ...['apply', '--server-side', '--filename'],
      join(toolPath('kube/crds')!, `monitoring.coreos.com_${name}.yaml`),
    ]);
  await createRuntimeClass(node);
  const clientSecret = randomBytes(24).toString('base64url');
  await bundleProvider(join(node.directory, 'login'));
  const items = [
    ...(await Promise.all(
      CHARTS.map((chart) =>
        certificate(`noema-${chart}-tls`, 'noema', [
          `noema-${chart}`,
          `noema-${chart}.noema`,
          `noema-${chart}.noema.svc`,
        ]),
      ),
    )),
    await certificate('noema-ingress-tls', 'ingress-nginx', ['noema.example.org']),
    await certificate('login-tls', 'login', ['login.example.org']),
    secret('noema-oidc', 'noema', { 'client-secret': clientSecret }),
    secret('own-authority', 'noema', { 'ca.crt': authority.pem }),
    ...['noema-api', 'noema-worker'].map((name, at) => ({
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name },
      value: 1000 - 900 * at,
    })),
    ...provider(node, clientSecret),
  ];
  await node.kubectl(['apply', '-f', '-'], { apiVersion: 'v1', kind: 'List', items });
  await node.kubectl(['-n', 'login', 'rollout', 'status', 'deploy/login', '--timeout=120s']);
}

async function upgrade(node: RealNode): Promise<void> {
  await node.run('helm', [
    ...['upgrade', 'noema', join(node.directory, 'packed/charts/noema'), '-n', 'noema', '--reset-values'],
    ...['production', 'minimal'].flatMap((name) => ['-f', join(VALUES, `${name}.yaml`)]),
    ...OWN.flatMap((value) => ['--set', value]),
    ...['--wait', '--timeout', '15m'],
  ]);
  await untilReplaced(node);
}

/** nginx that does what the Ingress says, at the name that people open. */
async function startIngress(node: RealNode): Promise<void> {
  const ingress = JSON.parse(
    await node.kubectl(['get', 'ingress', 'noema', '-n', 'noema', '-o', 'json']),
  ) as Ingress;
  await node.kubectl(['apply', '-f', '-'], {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'ingress', namespace: 'ingress-nginx' },
        data: { 'nginx.conf': formatNginx(ingress, PORT, '/certificates') },
      },
      ...answering('ingress', 'ingress-nginx', 'noema.example.org', {
        container: { image: NGINX, command: ['/usr/sbin/nginx', '-c', '/own/nginx.conf', '-e', 'stderr'] },
        volumes: { own: { configMap: { name: 'ingress' } }, tmp: { emptyDir: {} } },
        mounts: { own: '/own', tmp: '/tmp' },
        certificate: 'noema-ingress-tls',
      }),
    ],
  });
  await node.kubectl(['-n', 'ingress-nginx', 'rollout', 'status', 'deploy/ingress', '--timeout=120s']);
  const hosts = Object.entries(OUTSIDE).map(([name, address]) => `${address} ${name}`);
  await node.run('sh', ['-c', `printf '%s\\n' "$@" >> /etc/hosts`, 'hosts', ...hosts]);
}

/** One file of the provider and its packages, for a pod. */
async function bundleProvider(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: [fileURLToPath(new URL('identity-provider.program.js', import.meta.url))],
    outfile: join(folder, 'provider.mjs'),
    ...{ bundle: true, platform: 'node', format: 'esm', logLevel: 'error' },
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
}

const provider = (node: RealNode, clientSecret: string) =>
  answering('login', 'login', 'login.example.org', {
    container: {
      image: NODE,
      command: ['node', '/own/provider.mjs', '/certificates', ISSUER, clientSecret],
      args: [`${URL_OF_PEOPLE}/oidc/callback`, `${URL_OF_PEOPLE}/sign-in`],
    },
    volumes: { own: { hostPath: { path: join(node.directory, 'login') } } },
    mounts: { own: '/own' },
    certificate: 'login-tls',
  });

const secret = (name: string, namespace: string, stringData: Readonly<Record<string, string>>) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace },
  stringData,
});

interface Answering {
  readonly container: Readonly<Record<string, unknown>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  /** Where the volumes are seen, by their names. */
  readonly mounts: Readonly<Record<string, string>>;
  /** Secret with the certificate. */
  readonly certificate: string;
}

/** One pod that answers TLS, and a Service at the address of a name of the outside world. */
function answering(
  name: string,
  namespace: string,
  host: keyof typeof OUTSIDE,
  { container, volumes, mounts, certificate }: Answering,
) {
  const labels = { app: name };
  const all = { ...volumes, certificates: { secret: { secretName: certificate } } };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            securityContext: { runAsUser: 0 },
            containers: [
              {
                name,
                imagePullPolicy: 'Never',
                readinessProbe: { tcpSocket: { port: PORT }, periodSeconds: 1 },
                ...container,
                volumeMounts: Object.entries({ ...mounts, certificates: '/certificates' }).map(
                  ([volume, mountPath]) => ({ name: volume, mountPath }),
                ),
              },
            ],
            volumes: Object.entries(all).map(([volume, source]) => ({ name: volume, ...(source as object) })),
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace },
      spec: { clusterIP: OUTSIDE[host], selector: labels, ports: [{ port: 443, targetPort: PORT }] },
    },
  ];
}
