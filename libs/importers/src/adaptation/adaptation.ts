/** A new dense layer in place of the last layers of a model. The adapted model has this output alone. */
export interface NewHead {
  readonly kind: 'head';
  /** Output whose last layers are replaced. */
  readonly output: string;
  /** Layer whose responses the head reads. Default: whatever the last dense or convolution layer reads. */
  readonly after?: string;
  readonly units: number;
  readonly activation: 'softmax' | 'sigmoid' | 'linear';
  /** Names of the units; empty where they are not classes. */
  readonly classNames: readonly string[];
}

/** Another order of the classes of an output. */
export interface ClassOrder {
  readonly kind: 'order';
  readonly output: string;
  /** For each class of the adapted model its index in the model. */
  readonly order: readonly number[];
  readonly classNames: readonly string[];
}

/** A change of a model that is stored next to its graph and becomes a part of it when it is compiled. */
export type Adaptation = NewHead | ClassOrder;

/** Reads the adaptations that the topology of a version states, in their order. */
export const readAdaptations = (topology: unknown): readonly Adaptation[] =>
  (topology as { readonly adaptations?: readonly Adaptation[] } | null)?.adaptations ?? [];
