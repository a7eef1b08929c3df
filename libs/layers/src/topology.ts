/** Where a layer's input comes from: output `tensor` of call `node` of another layer. */
export interface Source {
  readonly layer: string;
  readonly node: number;
  readonly tensor: number;
}

/** One layer of a model as its author wrote it, with one list of sources per call. */
export interface LayerNode {
  readonly kind: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly calls: readonly (readonly Source[])[];
  /** What each call gives beside its inputs, by name; absent where none gives anything. */
  readonly given?: readonly Readonly<Record<string, unknown>>[];
  /** The mask that each call is given by name, as Keras 3 writes it; absent where no call is given one. */
  readonly masks?: readonly (Source | undefined)[];
  /** True as Keras 3 writes it, which merges masks in another way than Keras 2 and TF.js. */
  readonly isKeras3?: boolean;
}

/** A model as a graph of layers, whatever form it was written in. */
export interface Topology {
  readonly name: string;
  readonly layers: readonly LayerNode[];
  readonly inputs: readonly Source[];
  readonly outputs: readonly Source[];
}

/** The kinds that are models themselves and may be layers of other models. */
export const MODEL_KINDS: readonly string[] = ['Sequential', 'Model', 'Functional'];
