import type { LayerConfig } from './layer.config.js';
import type { LayerScope } from './layer.scope.js';
import type { Value } from './value.js';

/** What a layer is to the perception of samples. */
export type LayerRole =
  /** Has learned units whose activation is looked at. */
  | 'learned'
  /** Is the non-linearity of the layer before it. */
  | 'activation'
  /** Stands between a layer and its non-linearity. */
  | 'normalization'
  | 'plain';

/** What a call of a layer gives beside its inputs, by name. */
export type CallArguments = Readonly<Record<string, unknown>>;

/** A configured layer; it may be called several times and shares its parameters between the calls. */
export interface Layer {
  readonly role: LayerRole;
  readonly isConvolution?: boolean;
  /** Key of the activation that the layer ends with, `linear` when it has none. */
  readonly activation?: string;
  /**
   * What it does with the mask of a series (`Value.keep`): `carries` it to its output, or `own`: reads it and
   * says itself what its output has; `own-keras-3` does so in a model of Keras 3 alone. Without it, the layer
   * drops the mask in a model of Keras 3, as Keras 3 does. Everything else refuses a masked input, `refuses`
   * always.
   */
  readonly masking?: 'carries' | 'own' | 'own-keras-3' | 'refuses';
  /** Arguments that a call may give beside the inputs; any other is refused. */
  readonly arguments?: readonly string[];
  /** Writes the operators of one call; a layer with several outputs gives a list. */
  call(scope: LayerScope, inputs: readonly Value[], given?: CallArguments): Value | readonly Value[];
}

/** A layer that another one wraps, with the name and the settings that its author gave it. */
export interface WrappedLayer {
  readonly name: string;
  readonly layer: Layer;
  readonly trainable: boolean;
}

/**
 * Makes the layer (or the model as a layer) that a `{class_name, config}` of Keras describes; `changes` win
 * over its settings. Throws as `LayerKind.create`.
 */
export type LayerMaker = (spec: unknown, changes?: Readonly<Record<string, unknown>>) => WrappedLayer;

/**
 * One kind of layer under its Keras class name: reads its settings, throws `invalid` LAYER_INVALID when they
 * are wrong.
 */
export interface LayerKind {
  readonly key: string;
  create(config: LayerConfig, make: LayerMaker): Layer;
}
