import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasS3, startS3, temporaryDirectory, type TestS3 } from '@noema/testing';
import { artifactStoreContract, collect } from '../artifact-store.contract.js';
import { LocalCopies } from '../local/local-copies.js';
import { S3_LIMITS } from './s3-attempt.js';
import { clientOf, S3Calls } from './s3-calls.js';
import { s3Location } from './s3-location.js';
import { S3ArtifactStore } from './s3-store.js';

describe.skipIf(!hasS3())('S3', () => {
  let s3: TestS3;
  beforeAll(async () => { s3 = await startS3(); });
  afterAll(() => s3.stop());

  async function fixture(maxBytes = 0) {
    const location = s3Location(new URL(`s3://b-${randomUUID()}?endpoint=${s3.endpoint}`));
    const [directory, raw] = [await temporaryDirectory(), clientOf(location, s3)];
    const store = new S3ArtifactStore({ calls: new S3Calls(location, s3, S3_LIMITS), copies: new LocalCopies({ directory: directory.path, maxBytes }) });
    const change = async (uri: string, how: (bytes: Buffer) => Buffer): Promise<void> => {
      await raw.putObject(location.bucket, uri, how(Buffer.concat(await collect(await raw.getObject(location.bucket, uri)))));
    };
    return {
      store, raw, bucket: location.bucket, directory: directory.path,
      damage: (uri: string) => change(uri, (bytes) => Buffer.from(bytes.map((byte, at) => (at === bytes.length >> 1 ? byte ^ 1 : byte)))),
      truncate: (uri: string) => change(uri, (bytes) => bytes.subarray(0, 10)),
      close: async () => {
        await directory.remove();
        if (!(await raw.bucketExists(location.bucket))) return;
        for await (const { name } of raw.listObjectsV2(location.bucket, '', true)) await raw.removeObject(location.bucket, name as string);
        await raw.removeBucket(location.bucket);
      },
    };
  }
  artifactStoreContract('S3', () => fixture());

  it('lists every object once across more than one page', async () => {
    const { store, close, raw, bucket } = await fixture();
    await collect(store.list(''));
    const ids = ['v', 'v-1', 'v.1', 'v1', 'V', ...Array.from({ length: 1_100 }, (_, i) => `n${i}`)];
    const keys = ids.map((id) => `team/project/tensors/${id}/x`);
    for (let from = 0; from < keys.length; from += 50) await Promise.all(keys.slice(from, from + 50).map((name) => raw.putObject(bucket, name, 'x')));
    expect((await collect(store.list(''))).map((a) => a.uri).toSorted()).toEqual(keys.toSorted()); // SeaweedFS puts `v/x` before `v-1/x`
    await close();
  });
});
