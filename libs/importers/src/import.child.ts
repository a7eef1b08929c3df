import { buffer } from 'node:stream/consumers';
import { DomainError } from '@noema/kernel';
import { encodeWeights } from '@noema/layers';
import { divideInput, framed, type ImportRequest } from './import.frames.js';
import { fileInvalid } from './import.errors.js';
import { readModel } from './read.model.js';

/** Reads one file from its input and answers on its output. */
async function answer(): Promise<Uint8Array[]> {
  try {
    const request = JSON.parse(process.argv[2] ?? '{}') as ImportRequest;
    const { tokenizers, file } = divideInput(await buffer(process.stdin), request.tokenizers ?? []);
    const { format, artifact, model, weights } = await readModel(file, { ...request, tokenizers });
    return framed({ format, artifact }, encodeWeights(model.parameters, weights));
  } catch (error) {
    const { kind, reason, message, metadata, violations } =
      error instanceof DomainError ? error : fileInvalid('its reader gave up', error);
    return framed({ error: { kind, reason, message: message.slice(0, 2000), metadata, violations } });
  }
}

for (const part of await answer()) process.stdout.write(part);
