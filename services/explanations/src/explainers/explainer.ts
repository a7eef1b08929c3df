import type { MethodDescriptor } from '@noema/kernel';
import type { HeatMap } from '@noema/saliency';
import type { HeatMapTarget } from '../analysis/analysis.js';
import type { InputGeometry } from '../heat-map/geometry.js';
import type { OpenModel, SampleTensors } from '../model/model.ports.js';

/** One sample, and what is asked about it. */
export interface Explained {
  readonly model: OpenModel;
  readonly sample: SampleTensors;
  /** The explained input, flat. */
  readonly input: Float32Array;
  readonly geometry: InputGeometry;
  readonly classes: readonly number[];
  /** Layer with positions to draw at; empty for a model without such a layer. */
  readonly layer: string;
  /**
   * True where only the order of values counts, as for rank correlations: nothing is computed more finely
   * than at first.
   */
  readonly isDraft?: boolean;
  readonly signal: AbortSignal;
}

/** One heat map, not yet judged or painted. */
export interface Explanation {
  readonly target:
    | Exclude<HeatMapTarget, { kind: 'class' | 'similarity' }>
    | { readonly kind: 'class'; readonly classIndex: number };
  /** [height, width] of the input, largest magnitude 1. */
  readonly map: HeatMap;
  /** Divisor of the map. */
  readonly peak: number;
  /**
   * How far the attributions are from summing to the difference of the scores, as a share of it; only where
   * they should.
   */
  readonly completenessGap?: number;
  /** In which order positions matter, when that is not the order of the values. */
  readonly order?: HeatMap;
  /** Empty for the input. */
  readonly layer: string;
}

/** Properties of an explainer, which clients get with its description. */
// A type, because an interface has no index signature.
export type ExplainerFacts = {
  /** True when negative values mean something. */
  readonly signed: boolean;
  /** True when it draws at a layer with positions, which the model then needs. */
  readonly atLayer: boolean;
  /** False when it needs only outputs of changed inputs, which every model has. */
  readonly needsGradients: boolean;
  /** True when it is used where a request names no method. */
  readonly usedByDefault: boolean;
  readonly explains: 'class' | 'loss';
  /** Unit of the values times the peak. */
  readonly unit: 'score' | 'loss' | '';
  /**
   * How to read its map: {target} stands for the class or the loss, {positive} and {negative} for the places with
   * such values.
   */
  readonly reading: string;
};

/** One way to explain a sample. */
export interface Explainer extends MethodDescriptor {
  readonly facts: ExplainerFacts;
  explain(of: Explained): Promise<Explanation[]>;
}
