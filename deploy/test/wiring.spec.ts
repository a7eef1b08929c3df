import { beforeAll, describe, expect, it } from 'vitest';
import { hasHelm } from '../src/helm.program.js';
import { type KubeObject, findPod, rendered, VALUES_NAMES } from './rendered.js';

type Labels = Record<string, string>;
const within = (part: Labels, whole: Labels): boolean =>
  Object.entries(part).every(([key, value]) => whole[key] === value);

/**
 * Names of the keys of Secrets that a pod is given, by files or by variables; `<secret>/*` where it is given
 * a whole one.
 */
function listSecretKeys(spec: any): string[] {
  const containers: any[] = [...(spec.initContainers ?? []), ...spec.containers];
  const listKeys = (name: string, items?: any[]): string[] =>
    items?.map((item) => item.key as string) ?? [`${name}/*`];
  return [
    ...(spec.volumes ?? [])
      .flatMap((volume: any) => volume.projected?.sources ?? [])
      .filter((source: any) => source.secret)
      .flatMap(({ secret }: any) => listKeys(secret.name, secret.items)),
    ...(spec.volumes ?? [])
      .filter((volume: any) => volume.secret)
      .flatMap(({ secret }: any) => listKeys(secret.secretName, secret.items)),
    ...containers
      .flatMap((container) => container.env ?? [])
      .flatMap((variable: any) => variable.valueFrom?.secretKeyRef?.key ?? []),
    ...containers
      .flatMap((container) => container.envFrom ?? [])
      .filter((source: any) => source.secretRef)
      .map(({ secretRef }: any) => `${secretRef.name}/*`),
  ];
}

describe.skipIf(!hasHelm()).each(VALUES_NAMES)('with values/%s', (name) => {
  let objects: KubeObject[];
  beforeAll(async () => {
    objects = await rendered(name);
  });
  const of = (kind: string) => objects.filter((object) => object.kind === kind);
  const pods = () =>
    objects.flatMap((object) => {
      const pod = findPod(object);
      return pod === undefined ? [] : [{ object, labels: pod.metadata.labels ?? {}, spec: pod.spec }];
    });

  it('every Service selects pods of one kind and names ports that they have', () => {
    for (const service of of('Service')) {
      const found = pods().filter(({ labels }) => within(service.spec.selector as Labels, labels));
      expect(
        found.map(({ object }) => object.metadata.name),
        `Service ${service.metadata.name}`,
      ).toHaveLength(1);
      const ports = found[0]!.spec.containers.flatMap((container: any) =>
        container.ports.map((port: any) => port.name),
      );
      for (const { targetPort } of service.spec.ports)
        expect(ports, `Service ${service.metadata.name}`).toContain(targetPort);
    }
  });
  it('a budget leaves a pod to be moved and one that answers', () => {
    for (const budget of of('PodDisruptionBudget')) {
      const [target] = of('Deployment').filter((d) =>
        within(budget.spec.selector.matchLabels as Labels, d.spec.template.metadata.labels as Labels),
      );
      const scaled = of('HorizontalPodAutoscaler').find(
        (h) => h.spec.scaleTargetRef.name === target!.metadata.name,
      );
      expect(scaled?.spec.minReplicas ?? target!.spec.replicas, budget.metadata.name).toBeGreaterThan(
        budget.spec.maxUnavailable as number,
      );
    }
    const several = of('Deployment').filter(
      (d) => (d.spec.replicas ?? 2) > 1 && d.metadata.labels!['app.kubernetes.io/component'] === 'api',
    );
    expect(of('PodDisruptionBudget')).toHaveLength(several.length);
  });
  it('an autoscaler has a target that does not count its own pods', () => {
    for (const { spec } of of('HorizontalPodAutoscaler')) {
      const target = of('Deployment').find((d) => d.metadata.name === spec.scaleTargetRef.name)!;
      expect(target.spec).not.toHaveProperty('replicas');
      expect(spec.minReplicas).toBeLessThanOrEqual(spec.maxReplicas as number);
      expect(target.spec.template.spec.containers[0].resources.requests).toHaveProperty('cpu');
    }
  });
  it('a selector finds the pods of its own object only', () => {
    for (const object of objects.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet')) {
      const found = pods().filter(({ labels }) => within(object.spec.selector.matchLabels as Labels, labels));
      expect(found.map((pod) => pod.object.metadata.name)).toEqual([object.metadata.name]);
    }
  });
  it('the ways in lead to ports of Services: what the gateway answers to it, the rest to the page', () => {
    for (const ingress of of('Ingress')) {
      const paths = ingress.spec.rules[0].http.paths as {
        path: string;
        backend: { service: { name: string; port: { name: string } } };
      }[];
      for (const { backend } of paths) {
        const service = of('Service').find((s) => s.metadata.name === backend.service.name);
        expect(
          service?.spec.ports.map((port: { name: string }) => port.name),
          backend.service.name,
        ).toContain(backend.service.port.name);
      }
      expect(Object.fromEntries(paths.map(({ path, backend }) => [path, backend.service.name]))).toEqual({
        '/v1': 'noema-gateway',
        '/oidc': 'noema-gateway',
        '/mcp': 'noema-gateway',
        '/openapi.json': 'noema-gateway',
        '/healthz': 'noema-gateway',
        '/readyz': 'noema-gateway',
        '/': 'noema-web',
      });
      expect(ingress.metadata.annotations).toMatchObject({
        'nginx.ingress.kubernetes.io/proxy-buffering': 'off',
      });
    }
  });
  it('a monitor finds Services with the port that it scrapes', () => {
    for (const monitor of of('ServiceMonitor')) {
      const found = of('Service').filter((s) =>
        within(monitor.spec.selector.matchLabels as Labels, s.metadata.labels!),
      );
      expect(found.length, monitor.metadata.name).toBeGreaterThan(0);
      for (const service of found)
        expect(
          service.spec.ports.map((port: { name: string }) => port.name),
          service.metadata.name,
        ).toContain('metrics');
    }
  });
  it(
    'a migration is a hook that leaves nothing behind when it succeeds; with a bundled database, which ' +
      'starts with the release, a Job of the revision',
    () => {
      for (const job of of('Job')) {
        if (name === 'minimal')
          expect([job.metadata.name, job.metadata.annotations]).toEqual([
            expect.stringMatching(/-migration-1$/),
            undefined,
          ]);
        else
          expect(job.metadata.annotations).toMatchObject({
            'helm.sh/hook': 'pre-install,pre-upgrade',
            'helm.sh/hook-delete-policy': expect.stringContaining('hook-succeeded'),
          });
      }
      expect(of('Job')).toHaveLength(9);
    },
  );
  it(
    'RELIABILITY 46: a pod has the signing key, the database role and the user of the bus of its own ' +
      'service, and migrations alone the role that creates schemas',
    () => {
      for (const { object, labels, spec } of pods()) {
        const [own, component] = [labels['app.kubernetes.io/name']!, labels['app.kubernetes.io/component']];
        const keys = listSecretKeys(spec);
        const signing = keys.filter((key) => key.endsWith('private-key'));
        const database = keys.filter((key) => key.endsWith('-url'));
        const bus = keys.filter((key) => key.endsWith('credentials'));
        const of = `${object.kind} ${object.metadata.name}`;
        if (['api', 'worker', 'migration'].includes(component!))
          expect(
            keys.filter((key) => key.endsWith('/*') && !key.includes('tls')),
            of,
          ).toEqual([]);
        if (component === 'migration') expect(keys.sort(), of).toEqual(['admin-url', `${own}-url`].sort());
        else if (own === 'gateway')
          expect([signing, database, bus], of).toEqual([
            name === 'minimal' || name === 'external' ? [] : ['private-key'],
            [],
            [],
          ]);
        else if (component === 'api' || component === 'worker') {
          expect([signing, database], of).toEqual(
            own === 'web'
              ? [[], []]
              : [[own === 'workspace' ? 'private-key' : `${own}-private-key`], [`${own}-url`]],
          );
          if (name === 'minimal' && own !== 'web') expect(bus, of).toEqual([`${own}-credentials`]);
        }
      }
    },
  );
});

describe.skipIf(!hasHelm())('authorities of the operator', () => {
  it('are trusted by every pod that runs a program of Noema, migrations too, and by no other', async () => {
    const objects = await rendered('production', ['--set', 'global.trustedCaSecretName=own-authority']);
    const names: Record<string, number> = {};
    for (const object of objects) {
      const pod = findPod(object);
      const name = object.metadata.labels?.['app.kubernetes.io/name'];
      if (pod === undefined || name === undefined) continue;
      const [container] = pod.spec.containers as any[];
      const file = (container.env ?? []).find((v: any) => v.name === 'NODE_EXTRA_CA_CERTS')?.value as string;
      const volume = (pod.spec.volumes ?? []).find((v: any) => v.secret?.secretName === 'own-authority');
      if (name === 'web' || name === 'noema') {
        expect([file, volume], object.metadata.name).toEqual([undefined, undefined]);
        continue;
      }
      const mount = container.volumeMounts.find((m: any) => m.name === volume?.name);
      expect(file, object.metadata.name).toBe(`${mount?.mountPath}/ca.crt`);
      names[name] = (names[name] ?? 0) + 1;
    }
    expect(names['datasets'], 'API, workers and migration').toBe(3);
    expect(names['gateway']).toBe(1);
  });
});
