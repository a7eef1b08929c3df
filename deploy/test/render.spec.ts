import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { CHARTS, type ChartName } from '../src/charts.js';
import { hasHelm, helm } from '../src/helm.program.js';
import { SERVICE_SETTINGS } from '../src/service-settings.js';
import { charts, type KubeObject, findPod, rendered, valueArgs, VALUES_NAMES } from './rendered.js';

const WITH_PASSWORD = /:\/\/[^/?]*:[^/?@]*@/;
const repository = new URL('../../../', import.meta.url);

describe.skipIf(!hasHelm())('charts', () => {
  it.each(VALUES_NAMES)('pass helm lint --strict with values/%s', async (name) => {
    const { charts: folder, home } = await charts();
    expect(
      await helm(['lint', '--strict', join(folder, 'noema'), ...valueArgs(folder, name)], { home }),
    ).toContain('0 chart(s) failed');
  });
  it.each(CHARTS)('%s passes it alone', async (chart) => {
    const { charts: folder, home } = await charts();
    expect(
      await helm(['lint', '--strict', join(folder, chart), '--set', 'global.store.url=s3://noema'], { home }),
    ).toContain('0 chart(s) failed');
  });
  it.each([
    ['a value that does not exist', 'activations.worker.replicaz=2', /replicaz/],
    ['a setting that the service does not have', 'activations.config.drainMz=2', /drainMz/],
    ['a setting that the chart makes', 'activations.config.databaseUrl=postgres://x', /databaseUrl/],
    ['a value of another type', 'activations.worker.scaling.max=many', /max/],
    [
      'a GPU for a service without a device',
      'similarity.worker.gpu.enabled=true',
      /runs nothing on a device/,
    ],
    ['no store', 'global.store.url=', /global.store.url is empty/],
  ])('refuse %s', async (_, set, reason) => {
    await expect(rendered('external', ['--set', set])).rejects.toThrow(reason);
  });
});

describe.skipIf(!hasHelm()).each(VALUES_NAMES)('with values/%s', (name) => {
  let objects: KubeObject[];
  beforeAll(async () => {
    objects = await rendered(name);
  });
  const pods = () =>
    objects.flatMap((object) => {
      const pod = findPod(object);
      return pod === undefined
        ? []
        : [
            {
              of: `${object.kind} ${object.metadata.name}`,
              labels: pod.metadata.labels ?? {},
              spec: pod.spec,
            },
          ];
    });
  const ours = () =>
    pods().filter(({ labels }) => (CHARTS as readonly string[]).includes(labels['app.kubernetes.io/name']!));
  const containers = () =>
    pods().flatMap(({ of, labels, spec }) =>
      [...spec.containers, ...(spec.initContainers ?? [])].map((container) => ({ of, labels, container })),
    );

  it('every object has a name of its own', () => {
    const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(names).toEqual([...new Set(names)]);
  });
  it('every pod is restricted, has a read-only root and no token', () => {
    expect(pods().length).toBeGreaterThan(10);
    for (const { of, spec } of pods()) {
      expect(spec, of).toMatchObject({
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: { runAsNonRoot: true, runAsUser: 65532 },
      });
      expect(['RuntimeDefault', 'Localhost'], of).toContain(spec.securityContext.seccompProfile.type);
      for (const key of ['hostNetwork', 'hostPID', 'hostIPC']) expect(spec, of).not.toHaveProperty(key);
      for (const volume of spec.volumes ?? []) {
        expect(
          Object.keys(volume).filter(
            (key) => !['name', 'emptyDir', 'secret', 'projected', 'configMap'].includes(key),
          ),
          `${of}: volume ${volume.name}`,
        ).toEqual([]);
        const tokens = (volume.projected?.sources ?? []).filter(
          (source: object) => 'serviceAccountToken' in source,
        ).length;
        expect(tokens, `${of}: only what makes sandboxes of user code has a token`).toBe(
          /noema-datasets(-worker)?$/.test(of) && volume.name === 'kubernetes' ? 1 : 0,
        );
      }
    }
    for (const { of, container } of containers()) {
      expect(container.securityContext, of).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(container.resources, of).toMatchObject({
        requests: { cpu: expect.anything(), memory: expect.anything() },
        limits: { memory: expect.anything() },
      });
    }
  });
  it('every image is named by a tag that is not latest, or by its digest', () => {
    for (const { of, container } of containers())
      expect(container.image, of).toMatch(/^[a-z0-9./-]+(:(?!latest$)[A-Za-z0-9._-]+|@sha256:[0-9a-f]{64})$/);
  });
  it('every variable is a setting of its service, and nothing that is required is left out', () => {
    for (const { of, labels, container } of containers().filter(({ labels }) =>
      (CHARTS as readonly string[]).includes(labels['app.kubernetes.io/name']!),
    )) {
      const settings = SERVICE_SETTINGS[labels['app.kubernetes.io/name'] as ChartName];
      const names = ((container.env ?? []) as { name: string }[]).map((variable) =>
        variable.name.replace(/_FILE$/, ''),
      );
      expect(names, of).toEqual([...new Set(names)]);
      expect(
        names.filter((variable) => !settings.some((setting) => setting.name === variable)),
        `${of} has variables that its service does not know`,
      ).toEqual([]);
      if (labels['app.kubernetes.io/component'] !== 'migration')
        expect(
          settings.filter((s) => s.required && !names.includes(s.name)),
          `${of} lacks`,
        ).toEqual([]);
    }
  });
  it('no secret stands in plain sight', () => {
    const secrets = new Set(
      CHARTS.flatMap((chart) => SERVICE_SETTINGS[chart].filter((s) => s.secret).map((s) => s.name)),
    );
    for (const { of, container } of containers()) {
      for (const { name: variable, value } of (container.env ?? []) as { name: string; value?: string }[]) {
        expect(
          secrets.has(variable),
          `${of}: ${variable} has a value; it has to come from a file of a Secret`,
        ).toBe(false);
        if (value === undefined) continue;
        expect(value, `${of}: ${variable}`).not.toMatch(WITH_PASSWORD);
        if (!variable.endsWith('_FILE'))
          expect(variable, of).not.toMatch(/PASSWORD|SECRET_KEY|CREDENTIALS$|PRIVATE/);
      }
    }
    expect(objects.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });
  it('/tmp has room for the artifacts that are kept there and for the largest', () => {
    const bytes = (size: string): number =>
      Number.parseInt(size, 10) * (size.endsWith('Gi') ? 2 ** 30 : 2 ** 20);
    for (const { of, labels, spec } of ours()) {
      const settings = SERVICE_SETTINGS[labels['app.kubernetes.io/name'] as ChartName];
      const kept = Number(settings.find(({ key }) => key === 'storeCacheBytes')?.fallback ?? 0);
      if (labels['app.kubernetes.io/component'] === 'migration') continue;
      expect(
        bytes(
          spec.volumes.find((volume: { name: string }) => volume.name === 'tmp').emptyDir.sizeLimit as string,
        ),
        of,
      ).toBeGreaterThanOrEqual(2 * kept);
    }
  });
  it('every file that a variable names is mounted', () => {
    for (const { of, spec } of ours()) {
      const container = spec.containers[0];
      for (const { name: variable, value } of (
        (container.env ?? []) as { name: string; value: string }[]
      ).filter((v) => v.name.endsWith('_FILE'))) {
        const mount = container.volumeMounts.find((m: { mountPath: string }) =>
          value.startsWith(`${m.mountPath}/`),
        );
        const volume = spec.volumes.find((v: { name: string }) => v.name === mount?.name);
        const paths = (volume?.projected.sources ?? []).flatMap(
          (source: { secret: { name: string; items: { path: string }[] } }) =>
            source.secret.items.map((item) => `${mount.mountPath}/${item.path}`),
        ) as string[];
        expect(paths, `${of}: ${variable}`).toContain(value);
      }
    }
  });
  it('every pod starts a file that its service has', () => {
    for (const { of, labels, spec } of ours()) {
      for (const file of (spec.containers[0].args ?? []) as string[]) {
        const source = new URL(
          `services/${labels['app.kubernetes.io/name']}/${file.replace('dist/', '').replace('.js', '.ts')}`,
          repository,
        );
        expect(existsSync(source), `${of} starts ${file}`).toBe(true);
      }
    }
  });
  it('probes and hooks ask ports that exist, and the end leaves room for the drain', () => {
    for (const { of, container } of containers()) {
      const ports = ((container.ports ?? []) as { name: string }[]).map((port) => port.name);
      for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
        const asked = container[probe]?.httpGet?.port ?? container[probe]?.tcpSocket?.port;
        if (container[probe] !== undefined) expect(ports, `${of}: ${probe}`).toContain(asked);
      }
    }
    for (const { of, labels, spec } of ours().filter(
      ({ labels }) => labels['app.kubernetes.io/component'] !== 'migration',
    )) {
      for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'])
        expect(spec.containers[0], of).toHaveProperty(probe);
      const variables = (spec.containers[0].env ?? []) as { name: string; value?: string }[];
      const settings = SERVICE_SETTINGS[labels['app.kubernetes.io/name'] as ChartName];
      const drainMs = Number(
        variables.find((v) => v.name === 'NOEMA_DRAIN_MS')?.value ??
          settings.find((s) => s.key === 'drainMs')?.fallback ??
          0,
      );
      const sleep = spec.containers[0].lifecycle?.preStop.sleep.seconds ?? 0;
      expect(spec.terminationGracePeriodSeconds, `${of}: drain of ${drainMs} ms`).toBeGreaterThan(
        sleep + drainMs / 1000,
      );
      if (labels['app.kubernetes.io/component'] === 'api')
        expect(sleep, `${of}: serves while the DNS still answers with its address`).toBeGreaterThan(30);
    }
  });
});
