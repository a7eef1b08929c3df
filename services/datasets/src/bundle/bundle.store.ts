import { Inject, Injectable } from '@nestjs/common';
import { type ArtifactStore, artifactKey } from '@noema/artifacts';
import { ARTIFACT_STORE } from '@noema/host';
import { type ArtifactRef, uuidv7 } from '@noema/kernel';
import { bundleNotFound } from '../integration/integration.errors.js';
import { type Bundle, type BundleType, unpackBundle } from './unpack-bundle.js';

/** Third part of the keys of uploaded code. */
export const BUNDLE_KIND = 'integrations';
const NAMES = {
  'application/zip': 'bundle.zip',
  'application/gzip': 'bundle.tgz',
  'text/javascript': 'bundle.mjs',
  'text/x-python': 'bundle.py',
  'application/yaml': 'bundle.yaml',
} as const satisfies Readonly<Record<BundleType, string>>;

/** Stores uploaded code, unchanged, in the artifact store. */
@Injectable()
export class BundleStore {
  constructor(@Inject(ARTIFACT_STORE) private readonly store: ArtifactStore) {}

  /** Checks and stores a bundle. Throws `invalid` BUNDLE_INVALID. */
  async put(teamId: string, projectId: string, content: Uint8Array): Promise<ArtifactRef> {
    const { mediaType } = await unpackBundle(content);
    return this.store.put(
      artifactKey({ teamId, projectId, kind: BUNDLE_KIND, id: uuidv7(), part: NAMES[mediaType] }),
      content,
      mediaType,
    );
  }

  /**
   * Returns the bundle that a request names. Throws `not-found` BUNDLE_NOT_FOUND for one that is not the
   * project's.
   */
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
