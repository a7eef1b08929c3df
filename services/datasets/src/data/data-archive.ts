import { createHash } from 'node:crypto';
import type { ArtifactRef } from '@noema/kernel';

/** One archive of files that a client has sent, in stored parts. */
export interface DataArchive {
  readonly parts: readonly ArtifactRef[];
  readonly sizeBytes: number;
}

/** SHA-256 over the contents of the parts. */
export const digestArchive = ({ parts }: Pick<DataArchive, 'parts'>): string =>
  createHash('sha256')
    .update(parts.map(({ sha256 }) => sha256).join('\n'))
    .digest('hex');
