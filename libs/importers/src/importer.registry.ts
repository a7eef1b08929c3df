import { Registry } from '@noema/kernel';
import { formatUnknown } from './import.errors.js';
import type { Importer } from './importer.js';
import { kerasH5Importer, kerasImporter } from './keras/keras.importer.js';
import { tfjsLayersImporter } from './layers/tfjs-layers.importer.js';
import { onnxImporter } from './onnx/onnx.importer.js';
import { tfjsGraphImporter } from './tfjs-graph/tfjs-graph.importer.js';

/** Every format that models are imported from. An archive of Keras may hold a model.json, as TF.js's do. */
export const importers = new Registry<Importer>('model format', [
  onnxImporter,
  kerasImporter,
  kerasH5Importer,
  tfjsLayersImporter,
  tfjsGraphImporter,
]);

/**
 * The importer of a format, or with an empty name the one that knows the bytes. Throws `invalid`
 * MODEL_FORMAT_UNKNOWN.
 */
export function findImporter(format: string, bytes: Uint8Array): Importer {
  if (format !== '') return importers.get(format);
  const found = importers
    .keys()
    .map((key) => importers.get(key))
    .find((importer) => importer.recognises(bytes));
  if (found === undefined) throw formatUnknown(importers.keys());
  return found;
}
