import { type LayerNode, MODEL_KINDS, parseModel, type Topology } from '@noema/layers';
import { notInKeras } from '../export.errors.js';

/**
 * The model with the statistics of its normalisation layers among their settings, as Keras takes them: as
 * variables it would count samples with them.
 */
export const withStatistics = (topology: Topology, values: ReadonlyMap<string, Float32Array>): Topology => ({
  ...topology,
  layers: topology.layers.map((layer) => withOwn(layer, values)),
});

function withOwn(layer: LayerNode, values: ReadonlyMap<string, Float32Array>): LayerNode {
  const { kind, name, config } = layer;
  if (MODEL_KINDS.includes(kind) && hasStatistics(layer))
    throw notInKeras(name, 'is a model with a Normalization layer');
  if (kind !== 'Normalization') return layer;
  const [mean, variance] = [values.get(`${name}/mean`), values.get(`${name}/variance`)];
  return mean === undefined || variance === undefined
    ? layer
    : { ...layer, config: { ...config, mean: [...mean], variance: [...variance] } };
}

const hasStatistics = ({ kind, config }: LayerNode): boolean =>
  kind === 'Normalization' ||
  (MODEL_KINDS.includes(kind) && parseModel(kind, config).layers.some(hasStatistics));
