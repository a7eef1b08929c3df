import type { ArtifactRef } from '@noema/kernel';
import type { ArtifactDownload } from '../artifact-store.js';
import { createClient, type S3Keys } from './s3-calls.js';
import type { S3Location } from './s3-location.js';

/** Creates the URL of an object. */
export type Presigner = (ref: ArtifactRef, ttlSeconds: number) => Promise<ArtifactDownload>;

/**
 * Creates URLs at the location's endpoint without a call to the server. The URLs make a browser save the
 * object and never run it.
 */
export function s3Presigner(location: S3Location, keys: S3Keys): Presigner {
  const client = createClient(location, keys);
  return async ({ uri, mediaType }, ttlSeconds) => {
    const now = new Date();
    const name = uri.slice(uri.lastIndexOf('/') + 1);
    const headers = {
      'response-content-type': mediaType,
      'response-content-disposition': `attachment; filename="${name}"`,
    };
    return {
      url: await (await client).presignedGetObject(location.bucket, uri, ttlSeconds, headers, now),
      expiresAt: new Date(now.getTime() + ttlSeconds * 1000),
    };
  };
}
