import type { MethodDescriptor } from '@noema/kernel';
import { type FeatureMap, type HeatMap, normalised, upsample } from '@noema/saliency';
import type { Explainer } from './explainer.js';

/**
 * An explainer that makes a map at a layer from the layer's activation and the gradient of a class score
 * there, both of one shape.
 */
export const layerExplainer = (
  descriptor: Pick<MethodDescriptor, 'key' | 'title' | 'summary' | 'reference'> & {
    readonly usedByDefault?: boolean;
  },
  method: (activation: FeatureMap, gradient: FeatureMap) => HeatMap,
): Explainer => ({
  key: descriptor.key,
  title: descriptor.title,
  summary: descriptor.summary,
  reference: descriptor.reference,
  parameters: [],
  facts: {
    signed: false,
    atLayer: true,
    needsGradients: true,
    usedByDefault: descriptor.usedByDefault ?? false,
    explains: 'class',
    unit: '',
    reading:
      '{positive} raise the score of {target}. It shows only evidence for it; integrated gradients also show ' +
      'evidence against it.',
  },
  async explain({ model, sample, geometry, classes, layer, signal }) {
    const { activation, gradients } = await model.classGradients(sample, { layer, classes, signal });
    return gradients.map((gradient, i) => {
      const map = upsample(method(activation, gradient), geometry.height, geometry.width);
      return { target: { kind: 'class', classIndex: classes[i]! }, ...normalised(map), signed: false, layer };
    });
  },
});
