import { randomUUID } from 'node:crypto';
import { temporaryDirectory } from '@noema/testing';
import type { Client } from 'minio';
import { LocalCopies } from '../src/local/local-copies.js';
import { S3_LIMITS, type S3Limits } from '../src/s3/s3-attempt.js';
import { createClient, S3Calls, type S3Keys } from '../src/s3/s3-calls.js';
import { s3Location } from '../src/s3/s3-location.js';
import { s3Presigner } from '../src/s3/s3-presigner.js';
import { S3ArtifactStore } from '../src/s3/s3-store.js';

export interface BucketOptions {
  readonly server: S3Keys & { readonly endpoint: string };
  /** Where the store under test reaches the server; `raw` always reaches it directly. */
  readonly through?: string;
  readonly limits?: Partial<S3Limits>;
  /** Bytes of local copies; none when left out. */
  readonly copiesBytes?: number;
  /** A directory for local files in place of a new one. */
  readonly directory?: string;
}

/** A store in a bucket of its own, and a way past it. */
export interface TestBucket {
  readonly store: S3ArtifactStore;
  readonly raw: Client;
  readonly bucket: string;
  readonly directory: string;
  /** A further store on the same bucket and the same local files, as another process has it. */
  another(): S3ArtifactStore;
  /** Names of all objects, hidden ones too. */
  objects(): Promise<string[]>;
  /** Changes an object behind the store's back. */
  change(uri: string, how: (bytes: Buffer) => Buffer): Promise<void>;
  close(): Promise<void>;
}

/** Opens a store in a bucket that does not exist yet. */
export async function openTestBucket({
  server,
  through = server.endpoint,
  limits,
  copiesBytes = 0,
  directory: given,
}: BucketOptions): Promise<TestBucket> {
  const { accessKey, secretKey } = server;
  const keys = { accessKey, secretKey };
  const bucket = `b-${randomUUID()}`;
  const at = (endpoint: string) => s3Location(new URL(`s3://${bucket}?endpoint=${endpoint}`));
  const [own, raw] = [await temporaryDirectory(), await createClient(at(server.endpoint), keys)];
  const directory = given ?? own.path;
  const another = () =>
    new S3ArtifactStore({
      calls: new S3Calls(at(through), keys, { ...S3_LIMITS, ...limits }),
      copies: new LocalCopies({ directory, maxBytes: copiesBytes }),
      presigner: s3Presigner(at(server.endpoint), keys),
    });
  const objects = async (): Promise<string[]> => {
    const names: string[] = [];
    for await (const { name } of raw.listObjectsV2(bucket, '', true) as AsyncIterable<{ name: string }>)
      names.push(name);
    return names;
  };
  return {
    store: another(),
    raw,
    bucket,
    directory,
    another,
    objects,
    change: async (uri, how) => {
      const chunks: Buffer[] = [];
      for await (const chunk of await raw.getObject(bucket, uri)) chunks.push(chunk as Buffer);
      await raw.putObject(bucket, uri, how(Buffer.concat(chunks)));
    },
    close: async () => {
      await own.remove();
      if (!(await raw.bucketExists(bucket))) return;
      for (const name of await objects()) await raw.removeObject(bucket, name);
      await raw.removeBucket(bucket);
    },
  };
}

/** The bytes with one in the middle changed. */
export const flipped = (bytes: Buffer): Buffer =>
  Buffer.from(bytes.map((byte, at) => (at === bytes.length >> 1 ? byte ^ 1 : byte)));
