import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasKube, type KubeCluster, startKube } from './kube-cluster.js';
import { restrictedNamespace } from './kube-fixtures.js';
import { type KubeObject, findPod, rendered, type ValuesName, VALUES_NAMES } from './rendered.js';

const WITHIN_MS = 300_000;

/** The pod that a controller would make of a template; a volume that a claim would bring is an empty one. */
function asPod({ metadata, spec }: KubeObject, pod: NonNullable<ReturnType<typeof findPod>>) {
  const claims = ((spec.volumeClaimTemplates ?? []) as { metadata: { name: string } }[]).map((claim) => ({
    name: claim.metadata.name,
    emptyDir: {},
  }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...pod.metadata, name: `pod-of-${metadata.name}` },
    spec: { ...pod.spec, volumes: [...(pod.spec.volumes ?? []), ...claims] } as object,
  };
}

describe.skipIf(!(await hasKube()))('on a real API server with PodSecurity restricted', () => {
  let kube: KubeCluster;
  beforeAll(async () => {
    kube = await startKube();
    await kube.kubectl(['create', '-f', '-'], restrictedNamespace('noema'));
  }, WITHIN_MS);
  afterAll(() => kube.stop());
  const dryRun = (objects: readonly unknown[]) =>
    kube.kubectl(
      [
        'create',
        '--dry-run=server',
        '--validate=strict',
        '--warnings-as-errors',
        '-n',
        'noema',
        '-o',
        'name',
        '-f',
        '-',
      ],
      { apiVersion: 'v1', kind: 'List', items: objects },
    );

  it.each(VALUES_NAMES)(
    'accepts every object and every pod of values/%s',
    async (name) => {
      const objects = await rendered(name);
      expect((await dryRun(objects)).trim().split('\n')).toHaveLength(objects.length);
      // A pod is looked at only where its account is.
      const accounts = {
        apiVersion: 'v1',
        kind: 'List',
        items: objects.filter(({ kind }) => kind === 'ServiceAccount'),
      };
      if (accounts.items.length > 0) await kube.kubectl(['create', '-n', 'noema', '-f', '-'], accounts);
      const pods = objects.flatMap((object) => {
        const pod = findPod(object);
        return pod === undefined || object.kind === 'Pod' ? [] : [asPod(object, pod)];
      });
      expect((await dryRun(pods)).trim().split('\n')).toHaveLength(pods.length);
      if (accounts.items.length > 0) await kube.kubectl(['delete', '-n', 'noema', '-f', '-'], accounts);
    },
    WITHIN_MS,
  );

  it(
    'accepts the one-shot pod of user code that the datasets service makes',
    async () => {
      const { podManifest } = (await import(
        new URL('../../../services/datasets/dist/src/runner/pod.manifest.js', import.meta.url).href
      )) as { podManifest: (template: object, order: object) => object };
      const template = {
        image: 'registry.example.org/noema/datasets:0.1.0',
        runtimeClass: 'gvisor',
        memoryBytes: 2 ** 31,
        cpuMs: 60_000,
        tasks: 128,
        tmpBytes: 2 ** 28,
      };
      for (const network of [true, false])
        expect(
          await dryRun([
            podManifest(template, {
              command: ['node', '/app/entry.js'],
              token: 't',
              network,
              bundleRoot: '/tmp/integration',
            }),
          ]),
        ).toMatch(/^pod\/noema-integration-/);
    },
    WITHIN_MS,
  );

  describe('refuses what is wrong, so that the above can fail:', () => {
    const changed = async (
      values: ValuesName,
      kind: string,
      change: (object: any) => void,
    ): Promise<unknown[]> => {
      const object = structuredClone((await rendered(values)).find((o) => o.kind === kind)!);
      change(object);
      return [object];
    };
    it.each<[string, string, (object: any) => void, RegExp]>([
      [
        'an unknown field',
        'Deployment',
        (o) => {
          o.spec.template.spec.containers[0].imagePulPolicy = 'Always';
        },
        /unknown field.*imagePulPolicy/,
      ],
      [
        'a root user',
        'Deployment',
        (o) => {
          o.spec.template.spec.securityContext = {};
        },
        /violate PodSecurity "restricted/,
      ],
      [
        'privileges',
        'Deployment',
        (o) => {
          o.spec.template.spec.containers[0].securityContext.privileged = true;
          o.spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation = true;
        },
        /privileged/,
      ],
      [
        'an autoscaler upside down',
        'HorizontalPodAutoscaler',
        (o) => {
          o.spec.minReplicas = 99;
        },
        /maxReplicas/,
      ],
      [
        'a scaled job without a job',
        'ScaledJob',
        (o) => {
          delete o.spec.jobTargetRef;
        },
        /jobTargetRef/,
      ],
      [
        'a field that KEDA does not know',
        'ScaledJob',
        (o) => {
          o.spec.minReplicas = 1;
        },
        /unknown field.*minReplicas/,
      ],
      [
        'a rule without an expression',
        'PrometheusRule',
        (o) => {
          delete o.spec.groups[0].rules[0].expr;
        },
        /expr/,
      ],
      [
        'a policy on a protocol that does not exist',
        'NetworkPolicy',
        (o) => {
          o.spec.ingress[0].ports[0].protocol = 'HTTP';
        },
        /protocol/,
      ],
    ])(
      '%s',
      async (_, kind, change, reason) => {
        await expect(dryRun(await changed('production', kind, change))).rejects.toThrow(reason);
      },
      WITHIN_MS,
    );
    it(
      'a pod of the host',
      async () => {
        const deployment = (await rendered('production')).find(({ kind }) => kind === 'Deployment')!;
        const pod = structuredClone(findPod(deployment)!);
        pod.spec.hostNetwork = true;
        await expect(
          dryRun([{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'host' }, spec: pod.spec as unknown }]),
        ).rejects.toThrow(/forbidden: violates PodSecurity "restricted/);
      },
      WITHIN_MS,
    );
  });
});
