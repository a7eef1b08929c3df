import { Registry } from '@noema/kernel';
import { formatUnknown } from './import.errors.js';
import type { Importer } from './importer.js';
import { tfjsLayersImporter } from './layers/tfjs-layers.importer.js';
import { onnxImporter } from './onnx/onnx.importer.js';

/** Every format that models are imported from. */
export const importers = new Registry<Importer>('model format', [onnxImporter, tfjsLayersImporter]);

/**
 * The importer of a format, or with an empty name the one that knows the bytes. Throws `invalid`
 * MODEL_FORMAT_UNKNOWN.
 */
export function importerOf(format: string, bytes: Uint8Array): Importer {
  if (format !== '') return importers.get(format);
  const found = importers
    .keys()
    .map((key) => importers.get(key))
    .find((importer) => importer.recognises(bytes));
  if (found === undefined) throw formatUnknown(importers.keys());
  return found;
}
