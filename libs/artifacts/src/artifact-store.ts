import type { ArtifactRef } from '@noema/kernel';

/** One object as the store sees it, without its hash. */
export interface StoredArtifact {
  readonly uri: string;
  readonly sizeBytes: number;
  readonly modifiedAt: Date;
}

/** Bytes `from` to `to` (exclusive) of an object. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** An address from which anybody who has it may read one object for a while; it is a secret: never log it. */
export interface ArtifactDownload {
  readonly url: string;
  readonly expiresAt: Date;
}

/**
 * Immutable objects by key, checked by SHA-256 on every read; the law that every adapter obeys is
 * `artifactStoreContract`. A key is `<team>/<project>/<kind>/<id>/<part>`; the uri of the stored object is
 * the key with the start of the hash put into its part, so that two attempts at the same key never overwrite
 * each other and the same bytes put twice are one object. A remote store may keep local copies, verified like
 * the objects: what was deleted or hurt behind its back may still be read from one.
 */
export interface ArtifactStore {
  /**
   * Stores the bytes; nothing is visible before all of them are durable, and nothing stays when the source or
   * the store fails. Throws `exhausted` STORE_FULL when no space is left, `unavailable` STORE_FAILED or
   * STORE_DENIED for other faults of the store, `invalid` ARTIFACT_KEY_INVALID.
   */
  put(key: string, bytes: Uint8Array | AsyncIterable<Uint8Array>, mediaType: string): Promise<ArtifactRef>;
  /**
   * All bytes, in an ArrayBuffer of their own. Throws `data-loss` ARTIFACT_DAMAGED when size or hash differ
   * (the object is put into quarantine), `data-loss` ARTIFACT_MISSING when it is gone.
   */
  get(ref: ArtifactRef): Promise<Uint8Array>;
  /**
   * The bytes, or those of a range, in chunks of at most 1 MiB for objects too large for `get`; verified as a
   * whole before the first chunk, same errors.
   */
  openRead(ref: ArtifactRef, range?: ByteRange): AsyncIterable<Uint8Array>;
  /** What is stored under the uri, or `undefined`. */
  stat(uri: string): Promise<StoredArtifact | undefined>;
  /**
   * Every complete object whose uri starts with the prefix, once each, in the order of the uris' characters;
   * some S3 servers order by the parts between the slashes instead.
   */
  list(prefix: string): AsyncIterable<StoredArtifact>;
  /** Removes the object; one that is not there is no error. */
  delete(uri: string): Promise<void>;
  /**
   * An address from which the object can be read for `ttlSeconds` by plain HTTP, or `undefined` where the
   * store has none that clients reach.
   */
  presign(ref: ArtifactRef, ttlSeconds: number): Promise<ArtifactDownload | undefined>;
  /** Removes what writers left behind that died more than `graceMs` ago, and answers how many there were. */
  sweepAbandoned(graceMs: number): Promise<number>;
}
