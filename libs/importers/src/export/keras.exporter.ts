import type { Weights } from '@noema/engine';
import { decodeWeights, type LayerNode, parseTopology, type Topology } from '@noema/layers';
import { writeZip } from '../archive/zip.writer.js';
import { readPreprocessing } from '../compile.model.js';
import { isGraphArtifact } from '../onnx/graph.model.js';
import { notInKeras, notLayers } from './export.errors.js';
import { writeHdf5 } from './keras/hdf5.writer.js';
import { adaptedLayers } from './keras/keras.adaptation.js';
import { weightLayout } from './keras/keras.arrays.js';
import { withStatistics } from './keras/keras.statistics.js';
import { kerasModel } from './keras/keras.topology.js';

/**
 * Returns a `.keras` file of Keras 3 that predicts what a stored version of a model of layers predicts. `topology`
 * and `weights` are the artifacts of the version. The initial values of a new training are not written.
 * Throws `unsupported` EXPORT_NOT_LAYERS for an imported graph, a model with preprocessing, and a head that reads no
 * output of a layer; EXPORT_LAYER_UNSUPPORTED with the name of a layer that Keras 3 cannot express, `data-loss`
 * WEIGHTS_MISFIT, and as `compileModel`.
 */
export async function exportKeras(topology: unknown, weights: Uint8Array): Promise<Uint8Array> {
  const read: unknown = typeof topology === 'string' ? JSON.parse(topology) : topology;
  const { topology: parsed, parameters, constants } = adaptedLayers(read, readLayers(read));
  const own = parameters.filter(({ name }) => !constants.has(name));
  const values: Weights = new Map([...decodeWeights(own, weights), ...constants]);
  const layout = weightLayout(parsed, parameters);
  const config = kerasModel(withStatistics(parsed, values));
  const text = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  return writeZip([
    { name: 'metadata.json', content: text({ keras_version: '3.0.0', generated_by: 'noema' }) },
    { name: 'config.json', content: text(config) },
    {
      name: 'model.weights.h5',
      content: await writeHdf5(
        layout.groups,
        layout.weights.map(({ path, parameter: { name, dims } }) => ({
          path,
          dims,
          data: values.get(name)!,
        })),
      ),
    },
  ]);
}

/** The layers of a stored topology. Throws `unsupported` EXPORT_NOT_LAYERS, EXPORT_LAYER_UNSUPPORTED. */
function readLayers(topology: unknown): Topology {
  if (isGraphArtifact(topology)) throw notLayers('is an imported graph; export it as ONNX');
  if (readPreprocessing(topology).length > 0)
    throw notLayers('has preprocessing of its inputs, which is no layer; export it as ONNX');
  const parsed = parseTopology(topology);
  const masking = parsed.layers.find((layer) => masks(layer) && layer.isKeras3 !== true);
  if (masking !== undefined)
    throw notInKeras(
      masking.name,
      'masks steps as Keras 2 and TF.js do, which Keras 3 passes on in another way',
    );
  return parsed;
}

const masks = ({ kind, config }: LayerNode): boolean =>
  kind === 'Masking' || config['mask_zero'] === true || config['maskZero'] === true;
