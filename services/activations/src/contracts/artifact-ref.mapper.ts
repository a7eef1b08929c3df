import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ArtifactRef as ArtifactRefMessage, ArtifactRefSchema } from '@noema/contracts/noema/type/v1/artifact_ref';
import { type ArtifactRef, DomainError } from '@noema/kernel';

/** A reference as a message. */
export const refToMessage = (ref: ArtifactRef): MessageInitShape<typeof ArtifactRefSchema> =>
  ({ uri: ref.uri, sha256: ref.sha256, sizeBytes: BigInt(ref.sizeBytes), mediaType: ref.mediaType });

/** The reference of a message; `undefined` when it is not set. */
export const refOf = (message: ArtifactRefMessage | undefined): ArtifactRef | undefined =>
  message && { uri: message.uri, sha256: message.sha256, sizeBytes: Number(message.sizeBytes), mediaType: message.mediaType };

/** The reference of a message that must be set. Throws `data-loss` ARTIFACT_REF_MISSING that names it. */
export function neededRef(message: ArtifactRefMessage | undefined, what: string): ArtifactRef {
  const ref = refOf(message);
  if (ref === undefined) throw new DomainError('data-loss', 'ARTIFACT_REF_MISSING', `${what} is not stored; make it again`);
  return ref;
}
