import type { MessageInitShape } from '@bufbuild/protobuf';
import { type ArtifactRef, DomainError } from '@noema/kernel';
import type {
  ArtifactRef as ArtifactRefMessage,
  ArtifactRefSchema,
} from './gen/noema/type/v1/artifact_ref_pb.js';

/** A reference as events and RPC carry it. */
export const artifactRefMessage = (ref: ArtifactRef): MessageInitShape<typeof ArtifactRefSchema> => ({
  ...ref,
  sizeBytes: BigInt(ref.sizeBytes),
});

/**
 * A reference that came with a message. Throws `invalid` ARTIFACT_REF_MISSING, naming the field, when there
 * is none.
 */
export function parseArtifactRef(message: ArtifactRefMessage | undefined, field: string): ArtifactRef {
  if (message === undefined)
    throw new DomainError('invalid', 'ARTIFACT_REF_MISSING', `${field} names no artifact`, {
      metadata: { field },
    });
  const { uri, sha256, sizeBytes, mediaType } = message;
  return { uri, sha256, sizeBytes: Number(sizeBytes), mediaType };
}
