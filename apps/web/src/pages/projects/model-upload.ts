import type { ArtifactRef } from '@noema/contracts/noema/type/v1/artifact_ref';
import { models } from '../../api/making-clients.js';

/** Bytes of a file in one call; as base64 in JSON it stays below the largest body of the gateway. */
const PART_BYTES = 4 * 2 ** 20;

/** Uploads a file in parts, one after the other; `told` receives the uploaded share, 0 to 1. */
export async function uploadModelFile(
  projectId: string,
  file: Blob,
  told: (share: number) => void,
): Promise<ArtifactRef[]> {
  const parts: ArtifactRef[] = [];
  for (let at = 0; at < file.size; at += PART_BYTES) {
    const content = new Uint8Array(await file.slice(at, at + PART_BYTES).arrayBuffer());
    const { part } = await models.uploadModelPart({ projectId, content });
    if (part !== undefined) parts.push(part);
    told(Math.min(1, (at + PART_BYTES) / file.size));
  }
  return parts;
}
