import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArtifactStoreFixture } from '../src/artifact-store.contract.js';
import type { ArtifactStore } from '../src/artifact-store.js';
import { FileArtifactStore } from '../src/file/file-store.js';

/** A file store in a folder of its own, as the contract wants it; `dressed` puts something around it. */
export async function fileUnderTest(
  dressed: (store: FileArtifactStore) => ArtifactStore = (store) => store,
): Promise<ArtifactStoreFixture> {
  const root = await mkdtemp(join(tmpdir(), 'noema-store-'));
  return {
    store: dressed(new FileArtifactStore(root)),
    damage: async (uri) => {
      const bytes = await readFile(join(root, uri));
      bytes[bytes.length >> 1]! ^= 1;
      await writeFile(join(root, uri), bytes);
    },
    truncate: (uri) => truncate(join(root, uri), 10),
    close: () => rm(root, { recursive: true, force: true }),
  };
}
