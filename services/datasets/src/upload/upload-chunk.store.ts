import { Inject, Injectable } from '@nestjs/common';
import { type ArtifactStore, artifactKey } from '@noema/artifacts';
import { ARTIFACT_STORE } from '@noema/host';
import type { ArtifactRef } from '@noema/kernel';

/** Third part of the keys of uploaded chunks. */
export const UPLOAD_KIND = 'uploads';

/** Stores received chunks unchanged in the artifact store. */
@Injectable()
export class UploadChunkStore {
  constructor(@Inject(ARTIFACT_STORE) private readonly store: ArtifactStore) {}

  put(
    teamId: string,
    projectId: string,
    uploadId: string,
    index: number,
    bytes: Uint8Array,
  ): Promise<ArtifactRef> {
    return this.store.put(
      artifactKey({
        teamId,
        projectId,
        kind: UPLOAD_KIND,
        id: uploadId,
        part: `chunk-${String(index).padStart(6, '0')}.pb`,
      }),
      bytes,
      'application/x-protobuf',
    );
  }

  get(ref: ArtifactRef): Promise<Uint8Array> {
    return this.store.get(ref);
  }
}
