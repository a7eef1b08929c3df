import { compileLayers, layersArtifact } from '@noema/layers';
import { isZipWith, ZipReader } from '../archive/zip.reader.js';
import { fileInvalid } from '../import.errors.js';
import type { ImportedModel, Importer } from '../importer.js';
import { refuseOptions } from '../layers/tfjs-layers.importer.js';
import { Hdf5Reader, isHdf5 } from './hdf5.reader.js';
import { checkKinds, withPixelCenters } from './keras.layers.js';
import { kerasWeights } from './keras.weights.js';

/** Ending of the name of a file of weights in an archive. */
const WEIGHTS = 'weights.h5';
/** JSON of an archive that is not its topology. */
const OTHER_JSON = /(metadata|preprocessor_config)\.json$/;
/** Largest topology as text. */
const MAX_TEXT = 64 * 2 ** 20;

/**
 * A `.keras` file of Keras 2.12 and later, or a zip of a model as JSON (`model.to_json()`) and its weights
 * (`model.save_weights('net.weights.h5')`).
 */
export const kerasImporter: Importer = {
  key: 'keras',
  extension: '.keras',
  recognises: (bytes) => isZipWith(bytes, WEIGHTS),
  async read(bytes, options) {
    refuseOptions(options);
    const zip = await ZipReader.open(bytes);
    const names = zip.names();
    const topologies = names.filter((name) => name.endsWith('.json') && !OTHER_JSON.test(name));
    const weights = names.filter((name) => name.endsWith('.h5'));
    if (topologies.length !== 1 || weights.length !== 1)
      throw fileInvalid(
        `the archive has ${topologies.length} topologies (.json) and ${weights.length} files of weights ` +
          '(.h5), and one of each is read; save the model by model.save("net.keras")',
      );
    const text = (await zip.read(topologies[0]!)).toString();
    return read(text, await Hdf5Reader.open(await zip.read(weights[0]!)));
  },
};

/** A whole model in one HDF5 file, as Keras 2 saves it, and Keras 3 on request. */
export const kerasH5Importer: Importer = {
  key: 'keras-h5',
  extension: '.h5',
  recognises: isHdf5,
  async read(bytes, options) {
    refuseOptions(options);
    const file = await Hdf5Reader.open(bytes);
    const text = file.text('', 'model_config');
    if (text === undefined)
      throw fileInvalid(
        'the file has weights and no model_config; save the whole model by model.save, or zip the weights ' +
          `as "net.${WEIGHTS}" with model.to_json() as "net.json"`,
      );
    return read(text, file);
  },
};

function read(text: string, file: Hdf5Reader): ImportedModel {
  try {
    const topology = withPixelCenters(parsed(text));
    checkKinds(topology);
    const model = compileLayers(topology, { mode: 'training' });
    const weights = kerasWeights(file, topology, model);
    return { artifact: layersArtifact(topology, model.parameters), model, weights };
  } finally {
    file.close();
  }
}

function parsed(text: string): unknown {
  if (text.length > MAX_TEXT)
    throw fileInvalid(`its topology has ${text.length} characters, and ${MAX_TEXT} are read`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw fileInvalid('its topology is no JSON', error);
  }
}
