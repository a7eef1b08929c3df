/** A layer as Keras and TF.js write it. */
export interface Layer {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

export const layer = (className: string, name: string, config: Layer['config'] = {}): Layer => ({
  class_name: className,
  config: { name, ...config },
});

/** An input or output of a network; `dims` are the sizes of a sample, such as `[height, width, channels]`. */
export interface NamedTensor {
  readonly name: string;
  readonly dims: readonly number[];
}

/** A network, as Keras and TF.js write it. */
export interface Network {
  readonly class_name: 'Sequential' | 'Model';
  /** Where Keras 3 finds the class. */
  readonly module: 'keras';
  readonly config: {
    readonly name: string;
    readonly layers: readonly Layer[];
    readonly [key: string]: unknown;
  };
}
