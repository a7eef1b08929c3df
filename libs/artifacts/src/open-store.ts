import { fileURLToPath } from 'node:url';
import { DomainError } from '@noema/kernel';
import type { ArtifactStore } from './artifact-store.js';
import { FileArtifactStore } from './file/file-store.js';

/** The store that a URL names: `file:///directory`. Throws `invalid` STORE_URL_INVALID for any other scheme. */
export function openArtifactStore(url: string): ArtifactStore {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol === 'file:' && parsed.host === '') return new FileArtifactStore(fileURLToPath(parsed));
  throw new DomainError('invalid', 'STORE_URL_INVALID', `store URL "${url}" names no known store; use file:///<absolute directory>`);
}
