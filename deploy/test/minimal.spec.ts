import { beforeAll, describe, expect, it } from 'vitest';
import { hasHelm } from '../src/helm.program.js';
import { type KubeObject, findPod, rendered } from './rendered.js';

/** `NOEMA_DATABASE_CONNECTIONS`, unless an operator sets it. */
const CONNECTIONS_OF_A_POD = 8;
const UNITS: Readonly<Record<string, number>> = { Mi: 1, Gi: 1024 };

const cores = (value: string | number): number =>
  String(value).endsWith('m') ? Number.parseFloat(String(value)) / 1000 : Number(value);
const mebibytes = (value: string): number =>
  Number.parseFloat(value) * (UNITS[value.slice(-2)] ?? Number.NaN);

describe.skipIf(!hasHelm())('values/minimal.yaml', () => {
  let objects: readonly KubeObject[];
  let servers: readonly KubeObject[];
  beforeAll(async () => {
    objects = await rendered('minimal');
    servers = objects.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
  });
  const sum = (count: (requests: { cpu: string; memory: string }) => number): number =>
    servers
      .map((object) => object.spec.replicas * count(findPod(object)!.spec.containers[0].resources.requests))
      .reduce((a, b) => a + b, 0);

  it('starts one pod of each part', () => {
    expect(servers.length).toBeGreaterThan(20);
    expect(servers.filter(({ spec }) => spec.replicas !== 1).map(({ metadata }) => metadata.name)).toEqual(
      [],
    );
  });

  it('requests what a node with two cores and 4 GiB has, and leaves room for what the cluster itself runs', () => {
    expect(sum(({ cpu }) => cores(cpu))).toBeLessThan(1);
    expect(sum(({ memory }) => mebibytes(memory))).toBeLessThan(3 * 1024);
  });

  it('lets the bundled PostgreSQL take the connections of all pods', () => {
    const postgres = findPod(servers.find(({ metadata }) => metadata.name === 'noema-postgres')!)!;
    const [, limit] = /max_connections=(\d+)/.exec(postgres.spec.containers[0].args.join(' ')) ?? [];
    const pods = objects.filter(({ kind }) => kind === 'Deployment' || kind === 'Job').length;
    expect(Number(limit)).toBeGreaterThan(pods * CONNECTIONS_OF_A_POD);
  });

  it('lets the bundled SeaweedFS make volumes for its bucket, which takes 7 at once, and for its own', () => {
    const store = servers.find(({ metadata }) => metadata.name === 'noema-seaweedfs')!;
    const [, limit] =
      /-master\.volumeSizeLimitMB=(\d+)/.exec(findPod(store)!.spec.containers[0].args.join(' ')) ?? [];
    const size = mebibytes(store.spec.volumeClaimTemplates[0].spec.resources.requests.storage as string);
    expect(size / Number(limit)).toBeGreaterThan(16);
  });

  it('names no sandbox where the operator trusts all users, since a sandbox that is named goes first', async () => {
    const isolations = (list: readonly KubeObject[]) =>
      list
        .filter(
          ({ metadata }) =>
            metadata.name.startsWith('noema-datasets') && !metadata.name.includes('migration'),
        )
        .flatMap(
          (object) => (findPod(object)?.spec.containers[0].env ?? []) as { name: string; value: string }[],
        )
        .filter(({ name }) => name === 'NOEMA_INTEGRATION_ISOLATION')
        .map(({ value }) => value);
    expect(isolations(objects)).toEqual(['bubblewrap', 'bubblewrap']);
    const trusting = ['--set', 'datasets.config.trustedIntegrations=true'];
    expect(isolations(await rendered('minimal', trusting))).toEqual([]);
  });
});
