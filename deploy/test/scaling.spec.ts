import { beforeAll, describe, expect, it } from 'vitest';
import { hasHelm } from '../src/helm.program.js';
import { type KubeObject, findPod, rendered } from './rendered.js';

describe.skipIf(!hasHelm())('workers on demand', () => {
  let objects: KubeObject[];
  beforeAll(async () => {
    objects = await rendered('gpu');
  });
  const jobs = () => objects.filter(({ kind }) => kind === 'ScaledJob');

  it('are all workers: with KEDA no Deployment claims shards', () => {
    expect(jobs()).toHaveLength(8);
    expect(
      objects.filter(({ kind, metadata }) => kind === 'Deployment' && metadata.name.endsWith('-worker')),
    ).toEqual([]);
  });
  it(
    'come when shards wait and stay while they run: a trigger for either, at the metrics of a Service ' +
      'that exists',
    () => {
      for (const { metadata, spec } of jobs()) {
        const service = metadata.name.slice('noema-'.length, -'-worker'.length);
        expect(spec.scalingStrategy).toEqual({ strategy: 'default', multipleScalersCalculation: 'sum' });
        const places = spec.triggers.map(({ metadata: trigger }: { metadata: Record<string, string> }) => {
          expect(trigger['url']).toBe(`http://noema-${service}.noema.svc:9464/metrics`);
          expect(Number(trigger['targetValue'])).toBeGreaterThan(0);
          return trigger['valueLocation'];
        }) as string[];
        expect(
          objects.find((o) => o.kind === 'Service' && o.metadata.name === `noema-${service}`)!.spec.ports,
        ).toContainEqual(expect.objectContaining({ port: 9464 }));
        for (const place of places)
          expect(place).toMatch(
            new RegExp(
              `^noema_queue_shards\\{service="${service}",kind="${service}\\.[a-z-]+",state="(queued|running)"\\}$`,
            ),
          );
        expect(places.length % 2).toBe(0);
      }
    },
  );
  it('end when there is no work, and are not started again by Kubernetes', () => {
    for (const job of jobs()) {
      const pod = findPod(job)!;
      expect(pod.spec.restartPolicy).toBe('Never');
      expect(pod.spec.containers[0].env).toContainEqual({
        name: 'NOEMA_WORKER_IDLE_EXIT_MS',
        value: '60000',
      });
    }
  });
  it.each([
    ['activations', 'nvidia.com/gpu'],
    ['explanations', 'nvidia.com/mig-1g.10gb'],
  ])('%s ask for %s, bear the taint and refuse to do without', (service, resource) => {
    const { spec } = findPod(jobs().find(({ metadata }) => metadata.name === `noema-${service}-worker`)!)!;
    const [container] = spec.containers;
    expect(container.resources).toMatchObject({ limits: { [resource]: 1 }, requests: { [resource]: 1 } });
    expect(spec.tolerations).toContainEqual({
      key: 'nvidia.com/gpu',
      operator: 'Exists',
      effect: 'NoSchedule',
    });
    expect(spec.runtimeClassName).toBe('nvidia');
    expect(Object.keys(spec.nodeSelector as object).length).toBeGreaterThan(0);
    expect(container.image).toMatch(new RegExp(`/${service}-cuda:`));
    expect(container.env).toContainEqual({ name: 'NOEMA_ENGINE_BACKEND', value: 'cuda' });
    expect(container.terminationMessagePolicy).toBe('FallbackToLogsOnError');
  });
  it('their APIs admit jobs by the GPU seconds of a team', () => {
    for (const service of ['activations', 'training', 'explanations']) {
      const api = objects.find(
        ({ kind, metadata }) => kind === 'Deployment' && metadata.name === `noema-${service}`,
      )!;
      const backend = findPod(api)!.spec.containers[0].env.find(
        ({ name }: { readonly name: string }) => name === 'NOEMA_ENGINE_BACKEND',
      );
      expect(backend?.value, service).toBe(service === 'training' ? undefined : 'cuda');
    }
  });
  it('others ask for none', () => {
    for (const object of objects) {
      if (/-(activations|explanations)-worker$/.test(object.metadata.name)) continue;
      expect(JSON.stringify(findPod(object)?.spec.containers ?? []), object.metadata.name).not.toMatch(
        /nvidia|-cuda:/,
      );
    }
  });
});
