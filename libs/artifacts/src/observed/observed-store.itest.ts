import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { metricValue } from '@noema/observability';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fileUnderTest } from '../../test/file-under-test.js';
import { artifactStoreContract, collect } from '../artifact-store.contract.js';
import { FileArtifactStore } from '../file/file-store.js';
import { ObservedArtifactStore } from './observed-store.js';

artifactStoreContract('observed file', () => fileUnderTest((store) => new ObservedArtifactStore(store)));

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'noema-store-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

it('counts calls by outcome, and bytes by direction', async () => {
  const read = async () => ({
    put: await metricValue('noema_store_calls_total', { operation: 'put', outcome: 'ok' }),
    written: await metricValue('noema_store_bytes_total', { direction: 'written' }),
    read: await metricValue('noema_store_bytes_total', { direction: 'read' }),
    missing: await metricValue('noema_store_calls_total', { operation: 'get', outcome: 'ARTIFACT_MISSING' }),
    streams: await metricValue('noema_store_call_seconds_count', { operation: 'read' }),
  });
  const before = await read();
  const store = new ObservedArtifactStore(new FileArtifactStore(root));
  const ref = await store.put('team/project/tensors/v1/a', new Uint8Array(1000), 'application/octet-stream');
  await store.get(ref);
  await collect(store.openRead(ref));
  await store.delete(ref.uri);
  await expect(store.get(ref)).rejects.toMatchObject({ reason: 'ARTIFACT_MISSING' });
  expect(await read()).toEqual({
    put: before.put + 1,
    written: before.written + 1000,
    read: before.read + 2000,
    missing: before.missing + 1,
    streams: before.streams + 1,
  });
});
