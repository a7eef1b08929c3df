import { Agent as PlainAgent, type IncomingMessage } from 'node:http';
import type { LookupFunction } from 'node:net';
import { Agent as SecureAgent } from 'node:https';
import type { Client } from 'minio';
import type { StoredArtifact } from '../artifact-store.js';
import { bucketNotMade } from '../artifact.errors.js';
import { attempted, type S3Limits, createTransport } from './s3-attempt.js';
import { findCode, isMissing } from './s3-faults.js';
import type { S3Location } from './s3-location.js';

export interface S3Keys {
  readonly accessKey: string;
  readonly secretKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string;
}

/** An open multipart upload. */
export interface S3Upload {
  readonly key: string;
  readonly id: string;
}

/** A response whose body, an object or a range of it, is still to be read. */
export interface S3Body {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Size of the whole object, according to the response. */
  readonly objectBytes: number;
}

const SOCKETS = 64;

/** The basic calls that every S3 server supports, each with a deadline and retries. */
export class S3Calls {
  private readonly client: Promise<Client>;
  private readonly bucket: string;
  private opening: Promise<void> | undefined;

  constructor(
    private readonly location: S3Location,
    keys: S3Keys,
    readonly limits: S3Limits,
    /** Resolves the host of the server; the resolver of the system by default. */
    lookup?: LookupFunction,
  ) {
    this.bucket = location.bucket;
    this.client = createClient(location, keys, lookup);
  }

  /**
   * Creates the bucket if it is missing. Checks only once. Throws `unavailable` STORE_BUCKET_MISSING if it
   * cannot be created.
   */
  async open(): Promise<void> {
    this.opening ??= this.findOrMakeBucket();
    try {
      await this.opening;
    } catch (error) {
      this.opening = undefined;
      throw error;
    }
  }

  async put(
    key: string,
    bytes: Buffer,
    { sha256, mediaType }: { readonly sha256: string; readonly mediaType: string },
  ): Promise<void> {
    const options = () => ({
      method: 'PUT',
      bucketName: this.bucket,
      objectName: key,
      headers: { 'Content-Type': mediaType, 'Content-Length': String(bytes.length) },
    });
    await this.try(`writing "${key}"`, bytes.length, async (client) =>
      drain(
        await client.makeRequestStreamAsync(options(), bytes, client.enableSHA256 ? sha256 : '', [200], ''),
      ),
    );
  }

  /**
   * Reads bytes `from` to `to` (exclusive), or the whole object without `range`. `take` must read the whole
   * body. Returns undefined if there is no such object.
   */
  async get<T>(
    key: string,
    range: { readonly from: number; readonly to: number } | undefined,
    take: (body: S3Body) => Promise<T>,
  ): Promise<T | undefined> {
    return this.try(`reading "${key}"`, range === undefined ? 0 : range.to - range.from, async (client) => {
      const answer =
        range === undefined
          ? client.getObject(this.bucket, key)
          : client.getPartialObject(this.bucket, key, range.from, range.to - range.from);
      const response = (await answer.catch(unlessMissing)) as IncomingMessage | undefined;
      if (response === undefined) return undefined;
      try {
        return await take({ chunks: response, objectBytes: parseObjectBytes(response) });
      } finally {
        response.destroy(); // nothing when all was read
      }
    });
  }

  async stat(key: string): Promise<StoredArtifact | undefined> {
    const found = await this.try(`looking at "${key}"`, 0, (client) =>
      client.statObject(this.bucket, key).catch(unlessMissing),
    );
    return found === undefined
      ? undefined
      : { uri: key, sizeBytes: found.size, modifiedAt: found.lastModified };
  }

  async *list(prefix: string): AsyncGenerator<StoredArtifact> {
    for (let token = '', more = true; more; ) {
      const page = await this.try(`listing "${prefix}"`, 0, (client) =>
        client.listObjectsV2Query(this.bucket, prefix, token, '', 1000, ''),
      );
      for (const { name, size, lastModified } of page.objects)
        if (name !== undefined) yield { uri: name, sizeBytes: size, modifiedAt: new Date(lastModified) };
      token = page.nextContinuationToken;
      more = page.isTruncated && token !== '';
    }
  }

  async delete(key: string): Promise<void> {
    await this.try(`deleting "${key}"`, 0, (client) =>
      client.removeObject(this.bucket, key).catch(unlessMissing),
    );
  }

  async beginUpload(key: string, mediaType: string): Promise<S3Upload> {
    return {
      key,
      id: await this.try(`writing "${key}"`, 0, (client) =>
        client.initiateNewMultipartUpload(this.bucket, key, { 'Content-Type': mediaType }),
      ),
    };
  }

  /** Sends one part, numbered from 1, and returns its ETag. */
  async putPart({ key, id }: S3Upload, number: number, bytes: Buffer): Promise<string> {
    const part = { bucketName: this.bucket, objectName: key, uploadID: id, partNumber: number, headers: {} };
    return (
      await this.try(`writing part ${number} of "${key}"`, bytes.length, (client) =>
        client.uploadPart(part, bytes),
      )
    ).etag;
  }

  async completeUpload({ key, id }: S3Upload, tags: readonly string[]): Promise<void> {
    const parts = tags.map((etag, i) => ({ part: i + 1, etag }));
    await this.try(`writing "${key}"`, 0, (client) =>
      client.completeMultipartUpload(this.bucket, key, id, parts),
    );
  }

  async abortUpload({ key, id }: S3Upload): Promise<void> {
    await this.try(`giving up writing "${key}"`, 0, (client) =>
      client.abortMultipartUpload(this.bucket, key, id).catch(unlessMissing),
    );
  }

  /** Yields the uploads that are neither completed nor aborted. */
  async *listUploads(): AsyncGenerator<S3Upload & { readonly begunAt: Date }> {
    for (let key = '', upload = '', more = true; more; ) {
      const page = await this.try('listing unfinished uploads', 0, (client) =>
        client.listIncompleteUploadsQuery(this.bucket, '', key, upload, ''),
      );
      for (const each of page.uploads) yield { key: each.key, id: each.uploadId, begunAt: each.initiated };
      more = page.isTruncated && page.nextKeyMarker !== key;
      [key, upload] = [page.nextKeyMarker, page.nextUploadIdMarker];
    }
  }

  private async findOrMakeBucket(): Promise<void> {
    const {
      bucket,
      location: { endpoint, region },
    } = this;
    // A key may have permission to use a bucket but not to inspect it. In that case the calls themselves will
    // show.
    const there = await this.try(`looking for the bucket "${bucket}"`, 0, (client) =>
      client
        .bucketExists(bucket)
        .catch((error: unknown) => findCode(error) === 'AccessDenied' || Promise.reject(error as Error)),
    );
    if (there) return;
    await this.try(`making the bucket "${bucket}"`, 0, (client) =>
      client.makeBucket(bucket, region).catch((error: unknown) => {
        if (findCode(error) === 'AccessDenied') throw bucketNotMade(bucket, endpoint.origin);
        if (!MADE_MEANWHILE.has(findCode(error))) throw error;
      }),
    );
  }

  private async try<T>(what: string, bytes: number, work: (client: Client) => Promise<T>): Promise<T> {
    const client = await this.client;
    return attempted(this.limits, { what, bytes }, () => work(client));
  }
}

const MADE_MEANWHILE = new Set(['BucketAlreadyOwnedByYou', 'BucketAlreadyExists']);

/**
 * Returns a client of the bucket's server, or of the same server at another address. Loads its code only on
 * demand: it is a sixth of all code that a service loads.
 */
export async function createClient(
  { endpoint, region, pathStyle }: S3Location,
  keys: S3Keys,
  lookup?: LookupFunction,
): Promise<Client> {
  const { Client } = await import('minio');
  const secure = endpoint.protocol === 'https:';
  const agent = new (secure ? SecureAgent : PlainAgent)({
    keepAlive: true,
    maxSockets: SOCKETS,
    ...(lookup === undefined ? {} : { lookup }),
  });
  const port = endpoint.port === '' ? {} : { port: Number(endpoint.port) };
  return new Client({
    endPoint: endpoint.hostname.replace(/^\[|\]$/g, ''),
    ...port,
    useSSL: secure,
    region,
    pathStyle,
    ...keys,
    transport: createTransport(secure),
    transportAgent: agent,
    retryOptions: { disableRetry: true },
  });
}

function unlessMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}

async function drain(chunks: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of chunks);
}

function parseObjectBytes({ headers }: IncomingMessage): number {
  const total = headers['content-range']?.split('/')[1] ?? headers['content-length'];
  return total === undefined ? NaN : Number(total);
}
