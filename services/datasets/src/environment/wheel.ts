import type { ArtifactRef } from '@noema/kernel';

/** A wheel of the environment of an integration: a file that is stored in parts. */
export interface Wheel {
  /** Name with the tags of its platform. */
  readonly fileName: string;
  /** Of the whole file. */
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly parts: readonly ArtifactRef[];
}
