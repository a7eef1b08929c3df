import { type FeatureMap, type HeatMap, normalised, upsample } from '@noema/saliency';
import type { AlgorithmKey } from '../analysis.js';
import type { Explainer } from './explainer.js';

/** An explainer that makes a map at a layer from the layer's activation and the gradient of a class score there, both of one shape. */
export const layerExplainer = (key: AlgorithmKey, method: (activation: FeatureMap, gradient: FeatureMap) => HeatMap): Explainer => ({
  key,
  family: 'gradient',
  atLayer: true,
  async explain({ model, sample, input, geometry, classes, layer, signal }) {
    const rows = new Float32Array(classes.length * input.length);
    classes.forEach((_, i) => { rows.set(input, i * input.length); });
    const found = await model.scoreGradients(sample, { rows, classes, layers: [layer], signal });
    return found.map(({ activations, gradients }, i) => {
      const map = upsample(method(activations.get(layer)!, gradients.get(layer)!), geometry.height, geometry.width);
      return { target: { kind: 'class', classIndex: classes[i]! }, ...normalised(map), signed: false, layer };
    });
  },
});
