import type { ArtifactRef } from '@noema/kernel';
import type { ArtifactDownload, ArtifactStore, ByteRange, StoredArtifact } from '../artifact-store.js';
import { countBytes, observeCall, observeStream } from './store.metrics.js';

/** Wraps a store and records every call in the metrics and in the caller's trace, without keys and uris. */
export class ObservedArtifactStore implements ArtifactStore {
  constructor(private readonly store: ArtifactStore) {}

  put(key: string, bytes: Uint8Array | AsyncIterable<Uint8Array>, mediaType: string): Promise<ArtifactRef> {
    return observeCall('put', async (span) => {
      const ref = await this.store.put(key, bytes, mediaType);
      span.set({ 'noema.store.bytes': Number(ref.sizeBytes) });
      countBytes('written', Number(ref.sizeBytes));
      return ref;
    });
  }

  get(ref: ArtifactRef): Promise<Uint8Array> {
    return observeCall(
      'get',
      async () => {
        const bytes = await this.store.get(ref);
        countBytes('read', bytes.byteLength);
        return bytes;
      },
      { 'noema.store.bytes': Number(ref.sizeBytes) },
    );
  }

  openRead(ref: ArtifactRef, range?: ByteRange): AsyncIterable<Uint8Array> {
    return observeStream('read', this.store.openRead(ref, range), (piece) => {
      countBytes('read', piece.byteLength);
    });
  }

  stat(uri: string): Promise<StoredArtifact | undefined> {
    return observeCall('stat', () => this.store.stat(uri));
  }

  list(prefix: string): AsyncIterable<StoredArtifact> {
    return observeStream('list', this.store.list(prefix));
  }

  delete(uri: string): Promise<void> {
    return observeCall('delete', () => this.store.delete(uri));
  }

  presign(ref: ArtifactRef, ttlSeconds: number): Promise<ArtifactDownload | undefined> {
    return observeCall('presign', () => this.store.presign(ref, ttlSeconds));
  }

  sweepAbandoned(graceMs: number): Promise<number> {
    return observeCall('sweep', () => this.store.sweepAbandoned(graceMs));
  }
}
