import { importers, importModel } from '@noema/importers';
import type { ModelFile, ReadModel } from './model-import.js';
import type { ModelReader } from './model-import.ports.js';

const TIMEOUT_MS = 600_000;

/** Reads models by the importers, each file in a process of its own. */
export class ImportersReader implements ModelReader {
  readonly formats = importers.keys();

  constructor(private readonly memoryBytes: number) {}

  async read(
    bytes: AsyncIterable<Uint8Array>,
    { format, outputs, outputActivation }: ModelFile,
    signal: AbortSignal,
  ): Promise<ReadModel> {
    const limits = { memoryBytes: this.memoryBytes, timeoutMs: TIMEOUT_MS };
    const read = await importModel(
      bytes,
      { format, outputs, ...(outputActivation && { outputActivation }) },
      { limits, signal },
    );
    return { ...read, extension: importers.get(read.format).extension };
  }
}
