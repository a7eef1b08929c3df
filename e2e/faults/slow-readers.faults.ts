import { readFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, inject, it } from 'vitest';
import { ingestBlobs } from '../src/cluster/ingest-blobs.js';
import { RunningCluster } from '../src/cluster/running-cluster.js';

const cluster = RunningCluster.at(inject('clusterDirectory'));
const a = cluster.team('a');
const READERS = 8;
const MIB = 2 ** 20;

const residentMib = (): number =>
  cluster
    .state()
    .services.filter((s) => s.name === 'gateway' || s.name.startsWith('datasets'))
    .reduce(
      (sum, { pid }) =>
        sum + Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024,
      0,
    );

const open = (path: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    get(a.rest.url + path, { headers: { authorization: `Bearer ${a.apiKey}` } }, (response) => {
      response.pause();
      resolve(response);
    }).once('error', reject);
  });

it(
  'RELIABILITY 14: readers through the gateway who do not read cost little memory, however much there is ' +
    'to be read',
  async () => {
    await cluster.whole();
    const data = await ingestBlobs(a.rest, 'wide', { integration: 'wide', shardSize: 1024 });
    const { shards } = (await a.rest.get(`/v1/dataset-versions/${data.datasetVersionId}/shards`)).body as {
      shards: { inputs: { uri: string; sha256: string; sizeBytes: string } }[];
    };
    const { uri, sha256, sizeBytes } = shards[0]!.inputs;
    expect(Number(sizeBytes)).toBeGreaterThan(60 * MIB);
    const path = `/v1/datasets/artifacts:read?uri=${encodeURIComponent(uri)}`;
    const whole = createHash('sha256');
    for await (const chunk of await open(path)) whole.update(chunk as Buffer);
    expect(whole.digest('hex')).toBe(sha256);

    const before = residentMib();
    const readers = await Promise.all(Array.from({ length: READERS }, () => open(path)));
    expect(readers.map((r) => r.statusCode)).toEqual(readers.map(() => 200));
    let most = 0;
    for (const end = performance.now() + 8_000; performance.now() < end; await delay(250))
      most = Math.max(most, residentMib() - before);
    for (const reader of readers) reader.destroy();
    console.log(
      `${READERS} readers of ${Math.round(Number(sizeBytes) / MIB)} MiB who do not read: ` +
        `${Math.round(most)} MiB more in gateway and datasets`,
    );
    // Who holds what its reader does not take would hold all of it, in the gateway alone.
    expect(most).toBeLessThan((READERS * Number(sizeBytes)) / MIB / 2);
  },
);
