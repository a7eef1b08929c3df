import type { LayerConfig } from './layer.config.js';
import type { LayerScope } from './layer.scope.js';
import type { Value } from './value.js';

/** Role of a layer in the perception of samples. */
export type LayerRole =
  /** Has learned units whose responses are recorded. */
  | 'learned'
  /** Is the non-linearity of the layer before it. */
  | 'activation'
  /** Is between a layer and its non-linearity. */
  | 'normalization'
  | 'plain';

/** Named arguments of a layer's call in addition to its inputs. */
export type CallArguments = Readonly<Record<string, unknown>>;

/** A configured layer; it may be called several times and shares its parameters between the calls. */
export interface Layer {
  readonly role: LayerRole;
  readonly isConvolution?: boolean;
  /** Key of the activation that the layer ends with, `linear` when it has no activation. */
  readonly activation?: string;
  /**
   * How the layer handles the mask of a series (`Value.keep`). `carries` passes it to its output. `own` reads
   * it and sets the output's mask itself; `own-keras-3` does so only in a model of Keras 3, `carries-keras-2`
   * passes it on only elsewhere. Without a value, the layer drops the mask in a model of Keras 3, as Keras 3
   * does. All others reject a masked input.
   */
  readonly masking?: 'carries' | 'carries-keras-2' | 'own' | 'own-keras-3';
  /**
   * Takes the masks off the series that it reads: layers that Keras calls after it see them without. Attention
   * of Keras 3 does so.
   */
  readonly unmasks?: boolean;
  /** Arguments that a call may have in addition to its inputs. Any other is rejected. */
  readonly arguments?: readonly string[];
  /** Masks that a call may be given by name; each is a `Value` among the arguments. Any other is rejected. */
  readonly namedMasks?: readonly string[];
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
 * Creates the layer (or the model as a layer) of a `{class_name, config}` of Keras. `changes` override its
 * settings. Throws as `LayerKind.create`.
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
