import { compileLayers, layersArtifact } from '@noema/layers';
import { isZipWith } from '../archive/zip.reader.js';
import { fileInvalid, optionInvalid } from '../import.errors.js';
import type { Importer, ImportOptions } from '../importer.js';
import { readTfjsGraph } from '../tfjs-graph/tfjs-graph.importer.js';
import { DESCRIPTION, openTfjsArchive, type StoredWeight } from './tfjs.archive.js';
import { type FileWeight, matchedWeights } from './weights.matching.js';

/**
 * A TF.js layers model, as `model.save` writes it: model.json and the files of its weights, in one zip. A graph
 * model in the same kind of archive is read as one.
 */
export const tfjsLayersImporter: Importer = {
  key: 'tfjs-layers',
  extension: '.zip',
  recognises: (bytes) => isZipWith(bytes, DESCRIPTION),
  async read(bytes, options) {
    const archive = await openTfjsArchive(bytes);
    const { format, topology } = archive;
    if (format === 'graph-model') return readTfjsGraph(archive, options);
    refuseOptions(options);
    if (format !== 'layers-model')
      throw fileInvalid(
        `${DESCRIPTION} is of format ${JSON.stringify(format).slice(0, 50)}; known: layers-model, graph-model`,
      );
    const model = compileLayers({ modelTopology: topology }, { mode: 'training' });
    return {
      artifact: layersArtifact(topology, model.parameters),
      model,
      weights: matchedWeights(model, (await archive.weights()).map(asFloats)),
    };
  },
};

function asFloats({ name, dims, dataType, data }: StoredWeight): FileWeight {
  if (data instanceof Float32Array) return { name, dims, data };
  throw fileInvalid(`weight "${name}" is ${dataType}; save it as float32`);
}

/** The layers themselves define the outputs. */
export function refuseOptions({
  outputActivation,
  outputs = [],
  inputShapes = {},
  preprocessing = [],
}: ImportOptions): void {
  if (outputActivation !== undefined)
    throw optionInvalid(
      'output_activation',
      `${outputActivation} cannot be put behind a model of layers; give its last layer that activation`,
    );
  if (outputs.length > 0)
    throw optionInvalid('outputs', 'a model of layers keeps all its outputs; leave out their names');
  if (Object.keys(inputShapes).length > 0)
    throw optionInvalid('input_shapes', 'a model of layers has the sizes of its inputs; leave them out');
  if (preprocessing.some(({ layout }) => layout !== undefined))
    throw optionInvalid(
      'preprocessing',
      'a model of layers says itself where its channels are (data_format); leave out the layout',
    );
}
