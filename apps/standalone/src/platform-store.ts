import type { ArtifactStore } from '@noema/artifacts';
import { DomainError } from '@noema/kernel';
import { type DataDirectory, readJson } from './data-directory.js';
import type { PlatformState } from './platform-state.js';
import { type Secrets, STORE_ACCESS_KEY } from './secrets.js';

/**
 * The artifacts of the platform that runs on a data directory, past its services: for its owner's own eyes.
 * Throws `unavailable` NOT_RUNNING.
 */
export async function openPlatformStore(
  directory: DataDirectory,
  cacheBytes?: number,
): Promise<ArtifactStore> {
  const [state, secrets] = await Promise.all([
    readJson<PlatformState>(directory.state),
    readJson<Secrets>(directory.secrets),
  ]);
  if (state === undefined || secrets === undefined)
    throw new DomainError('unavailable', 'NOT_RUNNING', `no platform has run on ${directory.path}`);
  const { openArtifactStore } = await import('@noema/artifacts');
  return openArtifactStore(state.storeUrl, {
    accessKey: STORE_ACCESS_KEY,
    secretKey: secrets.storeSecretKey,
    cacheBytes,
  });
}
