import type { ArtifactRef } from '@noema/kernel';

/** A layer whose activation is an output of the file. */
export interface LayerOutput {
  readonly name: string;
  readonly kind: string;
  readonly output: string;
  /** Axis of the units; axis 0 has the samples. */
  readonly unitAxis: number;
}

/** Preprocessing that an input of a file needs. */
export interface InputPreprocessing {
  /** Name of the input; empty for the only one. */
  readonly input: string;
  readonly layout?: 'channels-first' | 'channels-last';
  readonly dataSize?: readonly [height: number, width: number];
  readonly interpolation?: 'nearest' | 'bilinear' | 'bicubic';
  readonly channelOrder?: 'rgb' | 'bgr' | 'gray';
  readonly range?: readonly [low: number, high: number];
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
}

/** A tokenizer whose ids an input takes. */
export interface InputTokenizer {
  /** Name of the input; empty for the only one. */
  readonly input: string;
  readonly files: readonly TokenizerFile[];
}

/** A file of a tokenizer. */
export interface TokenizerFile {
  readonly name: string;
  /** Its parts in order. */
  readonly parts: readonly ArtifactRef[];
}

/** All uploaded parts that an import reads: the tokenizers, then the file of the model. */
export const listParts = ({
  tokenizers = [],
  parts,
}: Pick<ModelFile, 'tokenizers' | 'parts'>): ArtifactRef[] => [
  ...tokenizers.flatMap(({ files }) => files.flatMap((file) => file.parts)),
  ...parts,
];

/** A file to import, and what it does not say itself. */
export interface ModelFile {
  /** Name of its format; empty to find it out. */
  readonly format: string;
  /** Its parts in order. */
  readonly parts: readonly ArtifactRef[];
  readonly outputActivation?: 'softmax' | 'sigmoid';
  /** Outputs to keep, by name; all when empty. */
  readonly outputs: readonly string[];
  /**
   * Layers to follow, as a caller names them; absent for a file that was uploaded before callers could name
   * layers.
   */
  readonly layers?: readonly string[];
  /** Sizes of one sample for inputs of the file, by name; absent where the file fixes them all. */
  readonly inputShapes?: Readonly<Record<string, readonly number[]>>;
  /** Preprocessing of the inputs; absent without any. */
  readonly preprocessing?: readonly InputPreprocessing[];
  /** Tokenizers of the inputs; absent without any. */
  readonly tokenizers?: readonly InputTokenizer[];
  /** Layers by the outputs that have their activation, in place of the layers found in the graph. */
  readonly namedLayers?: readonly LayerOutput[];
  /** Inputs that the file takes channels first; found by its operators when absent. */
  readonly channelsFirst?: readonly string[];
  /** Name that the first output gets. */
  readonly outputName?: string;
}

/** Input of an import job. */
export interface ModelImport {
  readonly projectId: string;
  readonly modelId: string;
  readonly modelVersionId: string;
  /** Name of a new model; empty for a further version of one that exists. */
  readonly displayName: string;
  readonly file: ModelFile;
}

/** A model from a file, in its stored form. */
export interface ReadModel {
  /** Name of the format that it was in, and the ending of its files. */
  readonly format: string;
  readonly extension: string;
  /** The model.json. */
  readonly artifact: unknown;
  /** In the order of the manifest. */
  readonly weights: Uint8Array;
}
