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

/** A configured layer; it may be called several times and shares its parameters between the calls. */
export interface Layer {
  readonly role: LayerRole;
  readonly isConvolution?: boolean;
  /** Key of the activation that the layer ends with, `linear` when it has none. */
  readonly activation?: string;
  /** Writes the operators of one call. */
  call(scope: LayerScope, inputs: readonly Value[]): Value;
}

/** One kind of layer under its Keras class name: reads its settings, throws `invalid` LAYER_INVALID when they are wrong. */
export interface LayerKind {
  readonly key: string;
  create(config: LayerConfig): Layer;
}
