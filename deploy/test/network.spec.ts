import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { beforeAll, describe, expect, it } from 'vitest';
import { CHARTS, HELM } from '../src/charts.js';
import { hasHelm } from '../src/helm.program.js';
import { type KubeObject, findPod, rendered, VALUES_NAMES } from './rendered.js';

type Labels = Record<string, string>;
const within = (part: Labels, whole: Labels): boolean =>
  Object.entries(part).every(([key, value]) => whole[key] === value);
const SERVICES = new URL('../../../services/', import.meta.url);

/**
 * The one-shot pod of user code that the datasets service makes
 * (services/datasets/src/runner/pod.manifest.ts).
 */
const SANDBOX = {
  name: 'Pod of user code',
  labels: {
    'app.kubernetes.io/name': 'integration',
    'app.kubernetes.io/part-of': 'noema',
    'app.kubernetes.io/component': 'sandbox',
  } as Labels,
  spec: { containers: [{ ports: [{ containerPort: 7070 }] }] } as any,
};

/** Sources of a service without its tests. */
async function readSources(service: string): Promise<string> {
  const folder = fileURLToPath(new URL(`${service}/src`, SERVICES));
  const files = (await readdir(folder, { recursive: true })).filter(
    (file) => file.endsWith('.ts') && !/\.(spec|itest|e2e)\.ts$/.test(file),
  );
  return (await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))).join('\n');
}

/** A table of the library chart, `name: [entries]`. */
async function readTable(template: string): Promise<Record<string, string[]>> {
  const text = await readFile(new URL('service/templates/_edges.tpl', HELM), 'utf8');
  return parse(new RegExp(`define "${template}" -}}\n([^{]*){{`).exec(text)![1]!) as Record<string, string[]>;
}

describe('the table of who calls whom', () => {
  it('is what the sources import', async () => {
    const table = await readTable('service.edges');
    const heavy = CHARTS.filter((chart) => chart !== 'web' && chart !== 'gateway');
    for (const chart of heavy) {
      const source = await readSources(chart);
      const called = new Set(
        [...source.matchAll(/contracts\/noema\/([a-z]+)\/v1\/[a-z_]+_service'/g)].map(([, peer]) => peer!),
      );
      if (/import .*\bDatasetCatalog\b/.test(source)) called.add('datasets');
      called.add('workspace'); // for each of them the host reports usage and confirms deletions
      called.delete(chart);
      expect([...table[chart]!].sort(), chart).toEqual([...called].filter((peer) => peer !== 'jobs').sort());
    }
    expect([...table['gateway']!].sort()).toEqual([...heavy].sort());
  });
  it('goes with the table of kinds of jobs', async () => {
    const table = await readTable('service.kinds');
    for (const chart of CHARTS) {
      const source = chart === 'web' ? '' : await readSources(chart);
      const declared = new RegExp(`const [A-Z_]+ = titledKind\\(\\s*'(${chart}\\.[a-z-]+)'`, 'g');
      const kinds = [...source.matchAll(declared)].map(([, kind]) => kind!);
      expect([...(table[chart] ?? [])].sort(), chart).toEqual([...new Set(kinds)].sort());
    }
  });
});

describe.skipIf(!hasHelm()).each(VALUES_NAMES)('with values/%s', (name) => {
  let objects: KubeObject[];
  beforeAll(async () => {
    objects = await rendered(name);
  });
  const policies = () => objects.filter(({ kind }) => kind === 'NetworkPolicy');
  const pods = () => [
    ...objects.flatMap((object) => {
      const pod = findPod(object);
      return pod === undefined
        ? []
        : [
            {
              name: `${object.kind} ${object.metadata.name}`,
              labels: pod.metadata.labels ?? {},
              spec: pod.spec,
            },
          ];
    }),
    ...(objects.some(({ kind }) => kind === 'ServiceAccount') ? [SANDBOX] : []),
  ];
  const listPolicies = (labels: Labels) =>
    policies().filter(({ spec }) => within(spec.podSelector.matchLabels as Labels, labels));
  const portNumber = (spec: any, port: string | number): number =>
    typeof port === 'number'
      ? port
      : spec.containers.flatMap((c: any) => c.ports ?? []).find((p: any) => p.name === port)?.containerPort;

  it('every pod is denied everything that its own policy does not allow', () => {
    for (const { name: pod, labels } of pods().filter((p) => p !== SANDBOX)) {
      expect(
        listPolicies(labels).map((p) => p.metadata.name),
        pod,
      ).toContain('noema-default-deny');
      expect(listPolicies(labels).length, `${pod} has a policy of its own`).toBe(2);
    }
    if (pods().includes(SANDBOX))
      expect(listPolicies(SANDBOX.labels).map((p) => p.spec.egress as unknown)).toEqual([[]]);
    for (const policy of policies()) {
      expect(policy.spec.policyTypes, policy.metadata.name).toEqual(['Ingress', 'Egress']);
      expect(
        pods().some(({ labels }) => within(policy.spec.podSelector.matchLabels as Labels, labels)),
        `${policy.metadata.name} selects a pod`,
      ).toBe(true);
    }
  });
  it(
    'every way out to a pod of ours ends at a pod that lets it in, and every way in begins at one that ' +
      'goes there',
    () => {
      const out = new Set<string>();
      const into = new Set<string>();
      for (const from of pods()) {
        for (const policy of listPolicies(from.labels)) {
          for (const rule of policy.spec.egress ?? []) {
            for (const peer of rule.to.filter(
              (p: any) => p.podSelector !== undefined && p.namespaceSelector === undefined,
            )) {
              const targets = pods().filter(({ labels }) =>
                within(peer.podSelector.matchLabels as Labels, labels),
              );
              expect(targets.length, `${from.name} goes to ${JSON.stringify(peer)}`).toBeGreaterThan(0);
              for (const to of targets)
                for (const { port } of rule.ports)
                  out.add(`${from.name} → ${to.name}:${portNumber(to.spec, port as string | number)}`);
            }
          }
        }
      }
      for (const to of pods()) {
        for (const policy of listPolicies(to.labels)) {
          for (const rule of policy.spec.ingress ?? []) {
            for (const peer of rule.from.filter(
              (p: any) => p.podSelector !== undefined && p.namespaceSelector === undefined,
            )) {
              for (const from of pods().filter(({ labels }) =>
                within(peer.podSelector.matchLabels as Labels, labels),
              )) {
                for (const { port } of rule.ports)
                  into.add(`${from.name} → ${to.name}:${portNumber(to.spec, port as string | number)}`);
              }
            }
          }
        }
      }
      // A migration calls no service. The policy admits it by the name that it shares with its service.
      const migrations = (edge: string): boolean => !edge.startsWith('Job ');
      expect([...into].filter(migrations).sort()).toEqual([...out].filter(migrations).sort());
      expect(out.size).toBeGreaterThan(20);
    },
  );
  it('a pod may connect to every address in its settings', () => {
    for (const { name: pod, labels, spec } of pods()) {
      const addresses = spec.containers[0].env?.find((v: { name: string }) => v.name === 'NOEMA_SERVICES')
        ?.value as string | undefined;
      const told = (addresses ?? '')
        .split(',')
        .filter((pair) => pair !== '')
        .map((pair) => /^([a-z]+)=noema-\1\.noema\.svc:8081$/.exec(pair)![1]!);
      const may = listPolicies(labels)
        .flatMap((p) => p.spec.egress ?? [])
        .filter((rule) => rule.ports[0].port === 8081)
        .map((rule) => rule.to[0].podSelector.matchLabels['app.kubernetes.io/name'] as string);
      expect(may.sort(), pod).toEqual(told.sort());
    }
  });
});
