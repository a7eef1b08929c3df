import { createHash } from 'node:crypto';
import { type ArtifactRef, DomainError } from '@noema/kernel';

/** An artifact store in memory, for specs of what reads and writes artifacts. */
export interface MemoryStore {
  /** Returns the keys of all stored objects in the order in which they were put. */
  keys(): readonly string[];
  put(key: string, bytes: Uint8Array | AsyncIterable<Uint8Array>, mediaType: string): Promise<ArtifactRef>;
  /** Throws `data-loss` ARTIFACT_MISSING. */
  get(ref: ArtifactRef): Promise<Uint8Array>;
  openRead(ref: ArtifactRef): AsyncIterable<Uint8Array>;
  stat(uri: string): Promise<{ uri: string; sizeBytes: number; modifiedAt: Date } | undefined>;
  list(prefix: string): AsyncIterable<{ uri: string; sizeBytes: number; modifiedAt: Date }>;
  delete(uri: string): Promise<void>;
  presign(): Promise<undefined>;
  sweepAbandoned(): Promise<number>;
}

/** Stores artifacts in memory, under the uris that a real store gives them. */
export function memoryStore(): MemoryStore {
  const stored = new Map<string, { readonly key: string; readonly bytes: Uint8Array }>();
  const entry = (uri: string) => {
    const bytes = stored.get(uri)?.bytes;
    return bytes && { uri, sizeBytes: bytes.byteLength, modifiedAt: new Date(0) };
  };
  const get = ({ uri }: ArtifactRef): Promise<Uint8Array> => {
    const bytes = stored.get(uri)?.bytes;
    if (bytes === undefined)
      return Promise.reject(new DomainError('data-loss', 'ARTIFACT_MISSING', `"${uri}" is not stored`));
    return Promise.resolve(bytes.slice());
  };
  return {
    keys: () => [...stored.values()].map(({ key }) => key),
    async put(key, content, mediaType) {
      const bytes = content instanceof Uint8Array ? content.slice() : await readAll(content);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const uri = key.replace(/(\.[^/]*)?$/, `.${sha256.slice(0, 16)}$1`);
      stored.set(uri, { key, bytes });
      return { uri, sha256, sizeBytes: bytes.byteLength, mediaType };
    },
    get,
    async *openRead(ref) {
      yield await get(ref);
    },
    stat: (uri) => Promise.resolve(entry(uri)),
    async *list(prefix) {
      for (const uri of [...stored.keys()].sort())
        if (uri.startsWith(prefix)) yield await Promise.resolve(entry(uri)!);
    },
    delete: (uri) => Promise.resolve(void stored.delete(uri)),
    presign: () => Promise.resolve(undefined),
    sweepAbandoned: () => Promise.resolve(0),
  };
}

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const read: Uint8Array[] = [];
  for await (const chunk of chunks) read.push(chunk);
  return new Uint8Array(Buffer.concat(read));
}
