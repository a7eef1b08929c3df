import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ArtifactStore, openArtifactStore } from '@noema/artifacts';
import type { ArtifactRef } from '@noema/kernel';
import {
  type FaultProxy,
  hasS3,
  startFaultProxy,
  startS3,
  temporaryDirectory,
  type TestS3,
} from '@noema/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readAddress } from './address.reader.js';
import { downloadArtifact } from './artifact.download.js';

const BYTES = randomBytes(3_000_000);

describe.skipIf(!hasS3())('a download from an address of a real S3 server', () => {
  let s3: TestS3;
  let proxy: FaultProxy;
  let store: ArtifactStore;
  let artifact: ArtifactRef;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let target: string;
  beforeAll(async () => {
    s3 = await startS3();
    [proxy, directory] = [await startFaultProxy(s3.endpoint), await temporaryDirectory()];
    store = openArtifactStore(`s3://noema-cli?endpoint=${s3.endpoint}`, {
      ...s3,
      publicEndpoint: proxy.endpoint,
    });
    artifact = await store.put('team/project/tensors/v1/a.bin', BYTES, 'x/y');
  });
  beforeEach(() => {
    target = join(directory.path, randomBytes(4).toString('hex'));
    proxy.hurt(() => undefined);
  });
  afterAll(async () => {
    await proxy.close();
    await s3.stop();
    await directory.remove();
  });
  const read = async function* (offset: number) {
    yield* readAddress((await store.presign(artifact, 60))!.url, offset);
  };
  const ranges = (): number => proxy.requests.length;
  const listLeft = async (): Promise<string[]> =>
    (await readdir(directory.path)).filter((name) => target.endsWith(name.replace('.part', '')));

  it('is whole, and its hash is right', async () => {
    await downloadArtifact({ artifact, target, read });
    expect(Buffer.compare(await readFile(target), BYTES)).toBe(0);
    expect([await listLeft(), ranges()]).toEqual([[target.slice(target.lastIndexOf('/') + 1)], 1]);
  });

  it('goes on where it broke, time and again', async () => {
    proxy.hurt(() => ({ cutAfterBytes: 700_000 }));
    await downloadArtifact({ artifact, target, read });
    expect(
      createHash('sha256')
        .update(await readFile(target))
        .digest('hex'),
    ).toBe(artifact.sha256);
    expect(ranges()).toBeGreaterThanOrEqual(5);
  });

  it('goes on in a later call with what an earlier one left', async () => {
    proxy.hurt(() => (proxy.requests.length === 1 ? { cutAfterBytes: 1_000_000 } : { resets: true }));
    const broken: unknown = await downloadArtifact({ artifact, target, read }).catch(
      (error: unknown) => error,
    );
    expect(broken).toMatchObject({ kind: 'unavailable', reason: 'ADDRESS_FAILED' });
    expect(JSON.stringify(broken) + String(broken)).not.toContain('X-Amz');
    proxy.heal();
    const from: number[] = [];
    await downloadArtifact({
      artifact,
      target,
      read: (offset) => {
        from.push(offset);
        return read(offset);
      },
    });
    expect(from[0]).toBeGreaterThan(500_000);
    expect(Buffer.compare(await readFile(target), BYTES)).toBe(0);
  });

  it('of other bytes is refused and leaves nothing', async () => {
    await writeFile(`${target}.part`, 'what somebody else left');
    await expect(downloadArtifact({ artifact, target, read })).rejects.toMatchObject({
      kind: 'data-loss',
      reason: 'DOWNLOAD_DAMAGED',
    });
    expect(await listLeft()).toEqual([]);
    await downloadArtifact({ artifact, target, read });
    expect(await listLeft()).toHaveLength(1);
  });
});
