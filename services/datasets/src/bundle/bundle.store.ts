import { type ArtifactStore, artifactKey } from '@noema/artifacts';
import { type ArtifactRef, uuidv7 } from '@noema/kernel';
import { type Bundle, unpackBundle } from './unpack-bundle.js';
import { bundleNotFound } from '../integration/integration.errors.js';
import type { Bundles } from '../integration/integration.ports.js';

/** Third part of the keys of uploaded code. */
export const BUNDLE_KIND = 'integrations';
const NAMES = {
  'application/zip': 'bundle.zip',
  'application/gzip': 'bundle.tgz',
  'text/javascript': 'bundle.mjs',
} as const;

/** Uploaded code in the artifact store, as it was uploaded. */
export class StoredBundles implements Bundles {
  constructor(private readonly store: ArtifactStore) {}

  async put(teamId: string, projectId: string, content: Uint8Array): Promise<ArtifactRef> {
    const { mediaType } = await unpackBundle(content);
    return this.store.put(
      artifactKey({ teamId, projectId, kind: BUNDLE_KIND, id: uuidv7(), part: NAMES[mediaType] }),
      content,
      mediaType,
    );
  }

  async mustExist(teamId: string, projectId: string, bundle: ArtifactRef): Promise<ArtifactRef> {
    const own =
      bundle.uri.startsWith(`${teamId}/${projectId}/${BUNDLE_KIND}/`) &&
      /^[0-9a-f]{64}$/.test(bundle.sha256) &&
      bundle.uri.includes(`.${bundle.sha256.slice(0, 16)}.`);
    const stored = own ? await this.store.stat(bundle.uri).catch(() => undefined) : undefined;
    if (stored === undefined) throw bundleNotFound(bundle.uri);
    return {
      uri: bundle.uri,
      sha256: bundle.sha256,
      sizeBytes: stored.sizeBytes,
      mediaType: bundle.mediaType.slice(0, 100),
    };
  }

  /** The bundle, unpacked. Throws `data-loss` when it is not what it was. */
  async open(bundle: ArtifactRef): Promise<Bundle> {
    return unpackBundle(await this.store.get(bundle));
  }
}
