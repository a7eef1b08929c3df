import { decodeModel, type ExternalFiles, type Graph } from '@noema/onnx';
import { DomainError } from '@noema/kernel';
import { isZipWith, ZipReader } from '../archive/zip.reader.js';
import { fileInvalid } from '../import.errors.js';
import type { Importer } from '../importer.js';
import { readGraph } from './graph.reader.js';

/** ModelProto starts with its field 1, the version of the format as a small number. */
const MAGIC = 0x08;
const EXTENSION = '.onnx';
/** ONNX, as PyTorch, tf2onnx and Keras export it. */
export const onnxImporter: Importer = {
  key: 'onnx',
  extension: EXTENSION,
  recognises: (bytes) => (bytes[0] === MAGIC && (bytes[1] ?? 0) < 32) || isZipWith(bytes, EXTENSION),
  read: async (bytes, options) =>
    readGraph(isZipWith(bytes, EXTENSION) ? await archived(bytes) : decoded(bytes), options),
};

/** A model in a zip with the files that its weights are in. */
async function archived(bytes: Uint8Array): Promise<Graph> {
  const zip = await ZipReader.open(bytes);
  const models = zip.names().filter((name) => name.endsWith(EXTENSION));
  if (models.length !== 1)
    throw fileInvalid(`the archive has ${models.length} files ${EXTENSION}, and one is read`);
  const folder = models[0]!.slice(0, models[0]!.lastIndexOf('/') + 1);
  const files = new Map<string, Uint8Array>();
  for (const name of zip.names())
    if (name !== models[0] && name.startsWith(folder))
      files.set(name.slice(folder.length), await zip.read(name));
  return decoded(await zip.read(models[0]!), (location) => files.get(location.replace(/^\.\//, '')));
}

function decoded(bytes: Uint8Array, external?: ExternalFiles): Graph {
  try {
    return decodeModel(bytes, {}, external);
  } catch (error) {
    // A file that is too large now will be too large at the next attempt.
    throw error instanceof DomainError && error.kind !== 'exhausted'
      ? error
      : fileInvalid(error instanceof DomainError ? error.message : 'it is broken', error);
  }
}
