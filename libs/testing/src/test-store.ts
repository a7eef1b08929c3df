import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startS3 } from './s3.js';

/** An artifact store of one testbed. */
export interface TestStore {
  readonly storeUrl: string;
  readonly storeKeys: {
    readonly accessKey?: string;
    readonly secretKey?: string;
    readonly cacheBytes?: number;
  };
  /** Settings of a service that follow from it. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/**
 * Files below the directory, or a bucket of a real S3 server that clients reach, too. Throws `precondition`
 * SERVER_PROGRAM_MISSING.
 */
export async function startStore(kind: 'file' | 's3', directory: string): Promise<TestStore> {
  if (kind === 'file') {
    const root = join(directory, 'store');
    await mkdir(root);
    const storeUrl = pathToFileURL(root).href;
    return { storeUrl, storeKeys: {}, env: { NOEMA_STORE_URL: storeUrl }, stop: () => Promise.resolve() };
  }
  const { endpoint, accessKey, secretKey, stop } = await startS3();
  const storeUrl = `s3://noema-test?endpoint=${endpoint}`;
  return {
    storeUrl,
    storeKeys: { accessKey, secretKey, cacheBytes: 0 },
    stop,
    env: {
      NOEMA_STORE_URL: storeUrl,
      NOEMA_STORE_ACCESS_KEY: accessKey,
      NOEMA_STORE_SECRET_KEY: secretKey,
      NOEMA_STORE_CACHE_BYTES: '0',
      NOEMA_STORE_PUBLIC_ENDPOINT: endpoint,
    },
  };
}
