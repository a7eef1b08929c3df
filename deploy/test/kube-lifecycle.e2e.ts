import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHARTS } from '../src/charts.js';
import { hasKube, type KubeCluster, startKube } from './kube-cluster.js';
import { restrictedNamespace } from './kube-fixtures.js';
import { charts, type KubeObject, valueArgs, type ValuesName } from './rendered.js';

const WITHIN_MS = 300_000;

describe.skipIf(!(await hasKube()))('helm on played nodes', () => {
  let kube: KubeCluster;
  let folder: string;
  beforeAll(async () => {
    [kube, { charts: folder }] = await Promise.all([startKube(), charts()]);
  }, WITHIN_MS);
  afterAll(() => kube.stop());
  const install = (
    verb: 'install' | 'upgrade',
    namespace: string,
    values: ValuesName,
    more: readonly string[] = [],
  ) =>
    kube.helm([
      verb,
      'noema',
      join(folder, 'noema'),
      '--namespace',
      namespace,
      '--wait',
      '--timeout',
      '4m',
      ...valueArgs(folder, values),
      ...more,
    ]);
  const KINDS =
    'deployment,statefulset,service,pod,job,networkpolicy,poddisruptionbudget,horizontalpodautoscaler,' +
    'ingress,scaledjob,servicemonitor,prometheusrule,secret,configmap,persistentvolumeclaim,' +
    'serviceaccount,replicaset';
  const left = async (namespace: string): Promise<string[]> =>
    ((await kube.list(KINDS, namespace)) as KubeObject[])
      .map(({ kind, metadata }) => `${kind} ${metadata.name}`)
      .filter((name) => !['ConfigMap kube-root-ca.crt', 'ServiceAccount default'].includes(name))
      .sort();
  const listPods = async (namespace: string, component: string): Promise<any[]> =>
    ((await kube.list('pod', namespace)) as KubeObject[]).filter(
      ({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === component,
    );

  it.each([
    [
      'minimal',
      [
        'PersistentVolumeClaim data-noema-nats-0',
        'PersistentVolumeClaim data-noema-postgres-0',
        'PersistentVolumeClaim data-noema-seaweedfs-0',
      ],
    ],
    ['production', []],
  ] as const)(
    'values/%s: install, test, upgrade, roll back, uninstall; nothing is left but volumes',
    async (values, volumes) => {
      const namespace = `noema-${values}`;
      await kube.kubectl(['create', '-f', '-'], restrictedNamespace(namespace));
      await install('install', namespace, values);
      const deployments = (await kube.list('deployment', namespace)) as KubeObject[];
      // An API for each chart, and where KEDA does not run them, workers for all but three.
      expect(deployments.length).toBe(values === 'production' ? CHARTS.length : 2 * CHARTS.length - 3);
      // the hooks ran and are deleted
      if (values === 'production') expect(await listPods(namespace, 'migration')).toEqual([]);
      await kube.helm(['test', 'noema', '--namespace', namespace, '--timeout', '2m']);
      await install('upgrade', namespace, values, [
        '--set',
        'web.api.replicas=4,workspace.config.drainMs=7000,web.api.autoscaling.enabled=false',
      ]);
      const workspace = async () =>
        ((await kube.list('deployment', namespace)) as KubeObject[]).find(
          ({ metadata }) => metadata.name === 'noema-workspace',
        )!.spec.template.spec.containers[0].env as unknown[];
      expect(await workspace()).toContainEqual({ name: 'NOEMA_DRAIN_MS', value: '7000' });
      await kube.helm(['rollback', 'noema', '1', '--namespace', namespace, '--wait', '--timeout', '4m']);
      expect(await workspace()).not.toContainEqual({ name: 'NOEMA_DRAIN_MS', value: '7000' });
      await kube.helm(['uninstall', 'noema', '--namespace', namespace, '--wait', '--timeout', '2m']);
      await expect.poll(() => left(namespace), { timeout: 60_000 }).toEqual(volumes);
    },
    4 * WITHIN_MS,
  );

  it(
    'puts GPU workers on nodes with the requested GPUs, and none elsewhere',
    async () => {
      await kube.kubectl(['create', '-f', '-'], restrictedNamespace('noema-gpu'));
      await install('install', 'noema-gpu', 'gpu', [
        '--set',
        `global.keda.enabled=false,activations.worker.replicas=3,${CHARTS.filter(
          (chart) => chart !== 'web' && chart !== 'gateway',
        )
          .map((chart) => `${chart}.migration.enabled=false`)
          .join(',')}`,
      ]);
      const nodes = new Map<string, Set<string>>();
      for (const { metadata, spec } of await listPods('noema-gpu', 'worker')) {
        const name = (metadata as { labels: Record<string, string> }).labels['app.kubernetes.io/name']!;
        nodes.set(name, (nodes.get(name) ?? new Set()).add((spec as { nodeName: string }).nodeName));
      }
      expect([...nodes.get('activations')!]).toEqual(['gpu-a']);
      expect([...nodes.get('explanations')!]).toEqual(['mig-b']);
      for (const [name, places] of nodes)
        if (!['activations', 'explanations'].includes(name))
          for (const place of places) expect(place).toMatch(/^plain-/);
      await kube.helm(['uninstall', 'noema', '--namespace', 'noema-gpu', '--wait']);
    },
    2 * WITHIN_MS,
  );
});
