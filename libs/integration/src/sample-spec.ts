import type { Vocabulary } from '@noema/kernel';
import type { ElementType } from './tensor.js';

/** Name, type and shape of an encoder's results. */
export interface EncodedSpec {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly number[];
  /** Of an input of ids: their tokens, where the integration states them. */
  readonly vocabulary?: Vocabulary | undefined;
}

/** Shapes and types of every sample of an integration. */
export interface SampleSpec {
  readonly inputs: readonly EncodedSpec[];
  /** Empty until a labelled sample was encoded. */
  readonly groundTruths: readonly EncodedSpec[];
  readonly visualizers: readonly { readonly name: string; readonly mediaType: string }[];
}

export type MetadataType = 'number' | 'string' | 'boolean';
