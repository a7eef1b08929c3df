import { isZipWith } from '../archive/zip.reader.js';
import { fileInvalid } from '../import.errors.js';
import type { ImportedModel, Importer, ImportOptions } from '../importer.js';
import { DESCRIPTION, openTfjsArchive, type TfjsArchive } from '../layers/tfjs.archive.js';
import { readGraph } from '../onnx/graph.reader.js';
import { translateGraph } from './graph.translation.js';

const KEY = 'tfjs-graph';

/** A TF.js graph model, as `tensorflowjs_converter` writes it: model.json and the files of its weights. */
export const tfjsGraphImporter: Importer = {
  key: KEY,
  extension: '.zip',
  recognises: (bytes) => isZipWith(bytes, DESCRIPTION),
  async read(bytes, options) {
    const archive = await openTfjsArchive(bytes);
    if (archive.format !== 'graph-model')
      throw fileInvalid(
        `${DESCRIPTION} is of format ${JSON.stringify(archive.format).slice(0, 50)}, not graph-model`,
      );
    return readTfjsGraph(archive, options);
  },
};

/** Reads a graph model out of its archive. Throws as `Importer.read`. */
export async function readTfjsGraph(archive: TfjsArchive, options: ImportOptions): Promise<ImportedModel> {
  const graph = translateGraph({ ...archive, weights: await archive.weights() }, options);
  // Inputs are in the order of the file already.
  const read = await readGraph(graph, {
    ...options,
    inputShapes: {},
    outputs: [],
    channelsFirst: [],
  });
  return { ...read, format: KEY };
}
