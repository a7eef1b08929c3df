import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DomainError } from '@noema/kernel';
import type { ArtifactStore } from './artifact-store.js';
import { FileArtifactStore } from './file/file-store.js';
import { LocalCopies } from './local/local-copies.js';
import { S3_LIMITS, type S3Limits } from './s3/s3-attempt.js';
import { S3Calls } from './s3/s3-calls.js';
import { parseEndpoint, s3Location } from './s3/s3-location.js';
import { s3Presigner } from './s3/s3-presigner.js';
import { S3ArtifactStore } from './s3/s3-store.js';

/** Settings of an S3 store in addition to its URL. File stores need none. */
export interface StoreOptions {
  readonly accessKey?: string | undefined;
  readonly secretKey?: string | undefined;
  /** `http(s)://host[:port]` at which clients reach the S3 server. Without it the store returns no URLs. */
  readonly publicEndpoint?: string | undefined;
  /** Maximum size of local copies of objects that were read; 0 keeps none. Default: 2 GiB. */
  readonly cacheBytes?: number | undefined;
  /** Timeouts and number of attempts. */
  readonly limits?: Partial<S3Limits>;
}

const CACHE_BYTES = 2 ** 31;

/**
 * Opens the store that a URL names: `file:///directory` or `s3://bucket?endpoint=http://host:port`. Throws
 * `invalid` STORE_URL_INVALID, STORE_KEYS_MISSING.
 */
export function openArtifactStore(url: string, options: StoreOptions = {}): ArtifactStore {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol === 'file:' && parsed.host === '') return new FileArtifactStore(fileURLToPath(parsed));
  if (parsed?.protocol === 's3:') return openS3(parsed, options);
  throw new DomainError(
    'invalid',
    'STORE_URL_INVALID',
    `store URL "${url}" names no known store; use file:///<absolute directory> or ` +
      's3://<bucket>?endpoint=http(s)://<host>:<port>',
  );
}

function openS3(
  url: URL,
  { accessKey = '', secretKey = '', publicEndpoint, cacheBytes = CACHE_BYTES, limits }: StoreOptions,
): ArtifactStore {
  const location = s3Location(url);
  if (accessKey === '' || secretKey === '')
    throw new DomainError(
      'invalid',
      'STORE_KEYS_MISSING',
      `the store s3://${location.bucket} needs an access key and a secret key; set storeAccessKey and ` +
        'storeSecretKey',
    );
  const shown = publicEndpoint === undefined ? undefined : parseEndpoint(publicEndpoint);
  if (publicEndpoint !== undefined && shown === undefined)
    throw new DomainError(
      'invalid',
      'STORE_URL_INVALID',
      `storePublicEndpoint "${publicEndpoint}" is not http(s)://<host>[:<port>]`,
    );
  const keys = { accessKey, secretKey };
  return new S3ArtifactStore({
    calls: new S3Calls(location, keys, { ...S3_LIMITS, ...limits }),
    copies: new LocalCopies({
      directory: join(tmpdir(), `noema-artifacts-${process.getuid?.() ?? 0}`),
      maxBytes: cacheBytes,
    }),
    ...(shown && { presigner: s3Presigner({ ...location, endpoint: shown }, keys) }),
  });
}
