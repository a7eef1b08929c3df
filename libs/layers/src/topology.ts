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
  /** Named arguments of each call in addition to its inputs. Absent if no call has any. */
  readonly given?: readonly Readonly<Record<string, unknown>>[];
  /** The mask argument of each call, as Keras 3 writes it. Absent if no call has one. */
  readonly masks?: readonly (Source | undefined)[];
  /** Tensors of each call that are masks given by name, such as `attention_mask`. Absent if no call has one. */
  readonly named?: readonly Readonly<Record<string, Source>>[];
  /** True as Keras 3 writes it, which merges masks in another way than Keras 2 and TF.js. */
  readonly isKeras3?: boolean;
}

/** A model as a graph of layers, independent of its source format. */
export interface Topology {
  readonly name: string;
  readonly layers: readonly LayerNode[];
  readonly inputs: readonly Source[];
  readonly outputs: readonly Source[];
}

/** The kinds that are models themselves and may be layers of other models. */
export const MODEL_KINDS: readonly string[] = ['Sequential', 'Model', 'Functional'];
