import type { Weights } from '@noema/engine';
import type { CompiledModel } from '@noema/layers';

/** What the file itself does not say. */
export interface ImportOptions {
  /** What is put behind the first output: networks from PyTorch often end with logits. */
  readonly outputActivation?: 'softmax' | 'sigmoid';
  /** The outputs to keep, by name; all when empty. */
  readonly outputs?: readonly string[];
}

/** A model out of a file. */
export interface ImportedModel {
  /** What is stored as the version's topology; `compileModel` takes it as it is. */
  readonly artifact: unknown;
  /** The model that `artifact` compiles to. */
  readonly model: CompiledModel;
  /** Values of its parameters, in the layout that `encodeWeights` writes. */
  readonly weights: Weights;
}

/** One format of files. */
export interface Importer {
  /** Name of the format. */
  readonly key: string;
  /** Ending of its files, with the dot. */
  readonly extension: string;
  /** Whether the bytes look like a file of this format. */
  recognises(bytes: Uint8Array): boolean;
  /**
   * Reads a file. Throws `invalid`, `unsupported` or `exhausted` with what was wrong and what to do; foreign
   * bytes throw nothing else.
   */
  read(bytes: Uint8Array, options: ImportOptions): Promise<ImportedModel>;
}
