import { type FeatureMap, type HeatMap, normalised, upsample } from '@noema/saliency';
import type { AlgorithmKey } from '../analysis.js';
import type { Explainer } from './explainer.js';

/**
 * An explainer that makes a map at a layer from the layer's activation and the gradient of a class score
 * there, both of one shape.
 */
export const layerExplainer = (
  key: AlgorithmKey,
  method: (activation: FeatureMap, gradient: FeatureMap) => HeatMap,
): Explainer => ({
  key,
  family: 'gradient',
  atLayer: true,
  async explain({ model, sample, geometry, classes, layer, signal }) {
    const { activation, gradients } = await model.classGradients(sample, { layer, classes, signal });
    return gradients.map((gradient, i) => {
      const map = upsample(method(activation, gradient), geometry.height, geometry.width);
      return { target: { kind: 'class', classIndex: classes[i]! }, ...normalised(map), signed: false, layer };
    });
  },
});
