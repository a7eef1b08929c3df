import { type ArtifactRef, DomainError } from '@noema/kernel';

export const artifactKeyInvalid = (key: string): DomainError =>
  new DomainError(
    'invalid',
    'ARTIFACT_KEY_INVALID',
    `artifact key "${key}" is not <team>/<project>/<kind>/<id>/<part> of letters, digits, ".", "_" and ` +
      '"-", each part starting with a letter or a digit',
    { metadata: { key } },
  );

export const artifactDamaged = (ref: ArtifactRef, found: string): DomainError =>
  new DomainError(
    'data-loss',
    'ARTIFACT_DAMAGED',
    `artifact "${ref.uri}" should have ${ref.sizeBytes} bytes with sha256 ${ref.sha256}, but has ` +
      `${found}; it was put into quarantine: make it again from its source or restore it from a backup`,
    { metadata: { uri: ref.uri } },
  );

export const artifactMissing = (ref: ArtifactRef): DomainError =>
  new DomainError(
    'data-loss',
    'ARTIFACT_MISSING',
    `artifact "${ref.uri}" is not in the store; make it again from its source or restore it from a backup`,
    { metadata: { uri: ref.uri } },
  );

export const storeFull = (what: string, cause: unknown): DomainError =>
  new DomainError(
    'exhausted',
    'STORE_FULL',
    `no space is left in the artifact store: ${what} failed; free or add disk space, then try again`,
    { cause },
  );

export const storeFailed = (what: string, cause: unknown): DomainError =>
  new DomainError(
    'unavailable',
    'STORE_FAILED',
    `the artifact store failed at ${what}: ${cause instanceof Error ? cause.message : String(cause)}; ` +
      'try again later',
    { cause },
  );

export const storeDenied = (what: string, code: string): DomainError =>
  new DomainError(
    'unavailable',
    'STORE_DENIED',
    `the artifact store refused ${what} (${code}); check storeAccessKey and storeSecretKey, the rights ` +
      'of that key on the bucket, and the clock',
    { metadata: { code } },
  );

export const bucketNotMade = (bucket: string, endpoint: string): DomainError =>
  new DomainError(
    'unavailable',
    'STORE_BUCKET_MISSING',
    `the bucket "${bucket}" is not at ${endpoint}, and this access key may not make it; make the ` +
      'bucket, or allow the key to',
    { metadata: { bucket, endpoint } },
  );
