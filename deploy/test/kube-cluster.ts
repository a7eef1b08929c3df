import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, launchServer, type RunningServer, type ServerSpec } from '@noema/local-servers';
import { helm, toolPath } from '../src/helm.program.js';
import { COMPLETED_TESTS, FIXTURES } from './kube-fixtures.js';

const ETCD = ['/usr/bin/etcd', '/usr/local/bin/etcd'];
const TOKEN = 'admin-of-a-test';

/** A control plane with played nodes of one test file's own. */
export interface KubeCluster {
  readonly kubeconfig: string;
  /** Runs kubectl; `input` goes to its standard input. Throws with what it complained about. */
  kubectl(args: readonly string[], input?: unknown): Promise<string>;
  helm(args: readonly string[]): Promise<string>;
  /** Everything of a kind in a namespace, as objects. */
  list(kind: string, namespace: string): Promise<any[]>;
  stop(): Promise<void>;
}

/** Whether the programs are here, for `describe.skipIf`; says what to do when they are not. */
export async function hasKube(): Promise<boolean> {
  const missing = [
    'helm',
    'kubectl',
    'kube/kube-apiserver',
    'kube/kube-controller-manager',
    'kube/kube-scheduler',
    'kube/kwok',
    'kube/crds/version',
  ].filter((name) => toolPath(name) === undefined && !name.endsWith('version'));
  if ((await etcd()) === undefined) missing.push('etcd');
  if (missing.length > 0)
    process.stderr.write(
      `no ${missing.join(', ')}: the tests on a real Kubernetes are skipped; \`make kube\` builds what ` +
        `is missing\n`,
    );
  return missing.length === 0;
}

async function etcd(): Promise<string | undefined> {
  for (const path of ETCD)
    if (
      await run(path, ['--version']).then(
        () => true,
        () => false,
      )
    )
      return path;
  return undefined;
}

/**
 * Starts etcd, API server, controllers, scheduler and kwok on free ports of 127.0.0.1, with KEDA's and
 * Prometheus' definitions and a few nodes.
 */
export async function startKube(): Promise<KubeCluster> {
  const home = await mkdtemp(join(tmpdir(), 'noema-kube-'));
  const [etcdPort, peerPort, port] = await freePorts(3);
  const kubeconfig = join(home, 'kubeconfig');
  const kubectl = (args: readonly string[], input?: unknown): Promise<string> =>
    run(
      toolPath('kubectl')!,
      ['--kubeconfig', kubeconfig, '--cache-dir', join(home, 'cache'), ...args],
      input === undefined ? undefined : typeof input === 'string' ? input : JSON.stringify(input),
    );
  await Promise.all([
    writeKeys(home),
    writeFile(kubeconfig, formatKubeconfig(port!)),
    writeFile(join(home, 'tokens.csv'), `${TOKEN},admin,admin,system:masters\n`),
    writeFile(join(home, 'tests.yaml'), COMPLETED_TESTS),
  ]);
  const up = (path: string) => async () => (await kubectl(['get', '--raw', path]).catch(() => '')) === 'ok';
  const started: RunningServer[] = [];
  const start = async (
    name: string,
    program: string,
    args: readonly string[],
    ready: ServerSpec['ready'],
  ) => {
    started.unshift(await launchServer({ name, program, args, env: { HOME: home }, ready }, 120_000));
  };
  const stop = async (): Promise<void> => {
    for (const server of started) await server.stop('SIGKILL');
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const store = `http://127.0.0.1:${etcdPort}`;
    await start(
      'etcd',
      (await etcd())!,
      [
        '--data-dir',
        join(home, 'etcd'),
        '--unsafe-no-fsync',
        '--listen-client-urls',
        store,
        '--advertise-client-urls',
        store,
        '--listen-peer-urls',
        `http://127.0.0.1:${peerPort}`,
        '--log-level',
        'error',
      ],
      () =>
        fetch(`${store}/health`).then(
          (answer) => answer.ok,
          () => false,
        ),
    );
    await start(
      'kube-apiserver',
      toolPath('kube/kube-apiserver')!,
      [
        '--etcd-servers',
        store,
        '--bind-address',
        '127.0.0.1',
        '--secure-port',
        String(port),
        '--cert-dir',
        join(home, 'certs'),
        '--token-auth-file',
        join(home, 'tokens.csv'),
        '--authorization-mode',
        'RBAC',
        '--service-cluster-ip-range',
        '10.96.0.0/16',
        '--service-account-issuer',
        'https://kubernetes.default.svc',
        '--service-account-key-file',
        join(home, 'sa.pub'),
        '--service-account-signing-key-file',
        join(home, 'sa.key'),
      ],
      up('/readyz'),
    );
    const client = ['--kubeconfig', kubeconfig, '--leader-elect=false', '--secure-port=0'];
    await start(
      'kube-controller-manager',
      toolPath('kube/kube-controller-manager')!,
      [...client, '--service-account-private-key-file', join(home, 'sa.key')],
      async () => (await kubectl(['get', 'serviceaccount', 'default', '-o', 'name']).catch(() => '')) !== '',
    );
    await start('kube-scheduler', toolPath('kube/kube-scheduler')!, client, async () => true);
    for (const file of [
      'keda.sh_scaledjobs',
      'monitoring.coreos.com_servicemonitors',
      'monitoring.coreos.com_prometheusrules',
    ])
      await kubectl(['create', '-f', toolFile(`kube/crds/${file}.yaml`)]);
    await kubectl(['create', '-f', '-'], FIXTURES);
    const nodesReady = async () =>
      (
        await kubectl([
          'get',
          'nodes',
          '-o',
          'jsonpath={.items[*].status.conditions[?(@.type=="Ready")].status}',
        ])
      )
        .split(' ')
        .filter((state) => state === 'True').length ===
      FIXTURES.items.filter((item) => item.kind === 'Node').length;
    await start(
      'kwok',
      toolPath('kube/kwok')!,
      [
        '--kubeconfig',
        kubeconfig,
        '--manage-all-nodes',
        '--config',
        toolFile('kube/stages/stages.yaml'),
        '--config',
        join(home, 'tests.yaml'),
      ],
      nodesReady,
    );
    await kubectl(['wait', '--for=condition=established', 'crd', '--all', '--timeout=60s']);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    kubeconfig,
    kubectl,
    stop,
    helm: (args) => helm(args, { home, kubeconfig }),
    list: async (kind, namespace) =>
      (JSON.parse(await kubectl(['get', kind, '-n', namespace, '-o', 'json'])) as { items: unknown[] }).items,
  };
}

const toolFile = (path: string): string => new URL(`../../../.tools/${path}`, import.meta.url).pathname;

async function writeKeys(home: string): Promise<void> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  await Promise.all([
    writeFile(join(home, 'sa.key'), privateKey, { mode: 0o600 }),
    writeFile(join(home, 'sa.pub'), publicKey),
  ]);
}

const formatKubeconfig = (port: number): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [
      { name: 'test', cluster: { server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } },
    ],
    users: [{ name: 'admin', user: { token: TOKEN } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
  });

function run(program: string, args: readonly string[], input?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      { maxBuffer: 64 * 2 ** 20, env: { PATH: '/usr/bin:/bin' } },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(stderr === '' ? error.message : stderr, { cause: error }));
      },
    );
    child.stdin?.end(input);
  });
}
