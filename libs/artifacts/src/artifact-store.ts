import type { ArtifactRef } from '@noema/kernel';

/** An object as the store lists it, without its hash. */
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

/**
 * A URL from which everybody who has it may read one object for a limited time. It is a secret: never log it.
 */
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
   * Stores the bytes. The object becomes visible only after all bytes are durable. If the source or the store
   * fails, nothing remains. Throws `exhausted` STORE_FULL if there is no space left, `unavailable`
   * STORE_FAILED or STORE_DENIED for other faults of the store, `invalid` ARTIFACT_KEY_INVALID.
   */
  put(key: string, bytes: Uint8Array | AsyncIterable<Uint8Array>, mediaType: string): Promise<ArtifactRef>;
  /**
   * Returns all bytes in a separate ArrayBuffer. Throws `data-loss` ARTIFACT_DAMAGED if size or hash differ
   * (the object is moved to quarantine), `data-loss` ARTIFACT_MISSING if it does not exist.
   */
  get(ref: ArtifactRef): Promise<Uint8Array>;
  /**
   * Yields the bytes, or a range of them, in chunks of at most 1 MiB, for objects too large for `get`. All
   * bytes are verified before the first chunk. Throws as `get`.
   */
  openRead(ref: ArtifactRef, range?: ByteRange): AsyncIterable<Uint8Array>;
  /** Returns the object stored under the uri, or `undefined`. */
  stat(uri: string): Promise<StoredArtifact | undefined>;
  /**
   * Yields every complete object whose uri starts with the prefix, once, in the character order of the uris.
   * Some S3 servers order by the parts between the slashes instead.
   */
  list(prefix: string): AsyncIterable<StoredArtifact>;
  /** Deletes the object. A missing object is not an error. */
  delete(uri: string): Promise<void>;
  /**
   * Returns a URL from which plain HTTP can read the object for `ttlSeconds`, or `undefined` if the store has
   * no URL that clients can reach.
   */
  presign(ref: ArtifactRef, ttlSeconds: number): Promise<ArtifactDownload | undefined>;
  /** Deletes leftovers of writers that crashed more than `graceMs` ago. Returns their number. */
  sweepAbandoned(graceMs: number): Promise<number>;
}
