import type { ElementType } from './tensor.js';

/** Name, type and shape of one encoder's answers. */
export interface EncodedSpec {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly number[];
}

/** What every sample of an integration looks like. */
export interface SampleSpec {
  readonly inputs: readonly EncodedSpec[];
  /** Empty as long as no labelled sample was seen. */
  readonly groundTruths: readonly EncodedSpec[];
  readonly visualizers: readonly { readonly name: string; readonly mediaType: string }[];
}

export type MetadataType = 'number' | 'string' | 'boolean';
