import type { Weights } from '@noema/engine';
import type { CompiledModel } from '@noema/layers';
import type { InputPreprocessing } from './preprocessing/preprocessing.js';

/** Information that the file does not contain. */
export interface ImportOptions {
  /** Activation to append to the first output. Networks from PyTorch often end with logits. */
  readonly outputActivation?: 'softmax' | 'sigmoid';
  /** The outputs to keep, by name; all when empty. */
  readonly outputs?: readonly string[];
  /** Layers by name, in place of the layers found in the graph. */
  readonly layers?: readonly LayerOutput[];
  /** Inputs that the file takes channels first, by name. Default: by the operators that read them. */
  readonly channelsFirst?: readonly string[];
  /**
   * Sizes of one sample for inputs of the file, by name and in its order of axes, where they are open or where
   * its first axis, the batch, is fixed.
   */
  readonly inputShapes?: Readonly<Record<string, readonly number[]>>;
  /** Preprocessing of the inputs. An importer reads the layouts alone. */
  readonly preprocessing?: readonly InputPreprocessing[];
  /** Name that the first output gets. */
  readonly outputName?: string;
}

/** A layer whose activation is an output of the file. The output itself is not kept. */
export interface LayerOutput {
  /** Name of the layer, unique in the file. */
  readonly name: string;
  readonly kind: string;
  readonly output: string;
  /** Axis of the units in the output; axis 0 has the samples. */
  readonly unitAxis: number;
}

/** A model out of a file. */
export interface ImportedModel {
  /** Key of the format, where the importer of another one found it in the archive. */
  readonly format?: string;
  /** Topology of the version, as stored. `compileModel` accepts it. */
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
  /** True if the bytes look like a file of this format. */
  recognises(bytes: Uint8Array): boolean;
  /**
   * Reads a file. Throws only `invalid`, `unsupported` or `exhausted`, with what was wrong and what to do.
   */
  read(bytes: Uint8Array, options: ImportOptions): Promise<ImportedModel>;
}
