import type { Epoch } from '@noema/contracts/noema/training/v1/epoch';
import { readBytes } from '../../api/streamed-bytes.js';

/** Reads the Arrow file with the evaluation of an epoch. Throws the fault of the API. */
export async function readEvaluationFile(
  { evaluation }: Epoch,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const { artifacts } = await import('../../api/artifact-client.js');
  const request = { service: 'training', uri: evaluation?.uri ?? '' };
  return readBytes(artifacts.readArtifact(request, signal === undefined ? {} : { signal }));
}
