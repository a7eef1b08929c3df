import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '@noema/host';
import { importers, importModel, type TokenizerFiles } from '@noema/importers';
import type { TrainingConfig } from '../config.js';
import type { InputTokenizer, ModelFile, ReadModel } from './model-import.js';

const TIMEOUT_MS = 600_000;

const describeFiles = ({ input, files }: InputTokenizer): TokenizerFiles => ({
  input,
  files: files.map(({ name, parts }) => ({
    name,
    bytes: parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  })),
});

/** Reads models out of files by the importers, each file in a process of its own. */
@Injectable()
export class ModelFileReader {
  /** Names of the formats that it reads. */
  readonly formats: readonly string[] = importers.keys();

  constructor(@Inject(SETTINGS) private readonly settings: Pick<TrainingConfig, 'importMemoryBytes'>) {}

  /**
   * `bytes` are the tokenizers, then the file. Throws `invalid` or `unsupported` with what is wrong with the file;
   * stops at the signal.
   */
  async read(bytes: AsyncIterable<Uint8Array>, file: ModelFile, signal: AbortSignal): Promise<ReadModel> {
    const { format, outputs, outputActivation, inputShapes } = file;
    const { preprocessing, namedLayers, channelsFirst, outputName, tokenizers } = file;
    const limits = { memoryBytes: this.settings.importMemoryBytes, timeoutMs: TIMEOUT_MS };
    const read = await importModel(
      bytes,
      {
        format,
        outputs,
        ...(outputActivation && { outputActivation }),
        ...(inputShapes && { inputShapes }),
        ...(preprocessing && { preprocessing }),
        ...(tokenizers && { tokenizers: tokenizers.map(describeFiles) }),
        ...(namedLayers && { layers: namedLayers }),
        ...(channelsFirst && { channelsFirst }),
        ...(outputName && { outputName }),
      },
      { limits, signal },
    );
    return { ...read, extension: importers.get(read.format).extension };
  }
}
