import type { Epoch } from '@noema/contracts/noema/training/v1/epoch';

/** Reads the Arrow file with the evaluation of an epoch. Throws the fault of the API. */
export async function readEvaluationFile(
  { evaluation }: Epoch,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const { artifacts } = await import('../../api/artifact-client.js');
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const request = { service: 'training', uri: evaluation?.uri ?? '' };
  for await (const { body } of artifacts.readArtifact(request, signal === undefined ? {} : { signal }))
    if (body !== undefined) pieces.push(Uint8Array.from(body.data));
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}
