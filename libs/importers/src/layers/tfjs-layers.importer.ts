import { compileLayers, layersArtifact } from '@noema/layers';
import { elementCount } from '@noema/onnx';
import { isZipWith, ZipReader } from '../archive/zip.reader.js';
import { fileInvalid, optionInvalid } from '../import.errors.js';
import type { Importer, ImportOptions } from '../importer.js';
import { storageOf } from './weight.storage.js';
import { type FileWeight, matchedWeights } from './weights.matching.js';

const DESCRIPTION = 'model.json';

interface Described {
  readonly name?: unknown;
  readonly shape?: unknown;
  readonly dtype?: unknown;
  readonly quantization?: unknown;
}
interface Group {
  readonly paths: readonly string[];
  readonly weights: readonly Described[];
}

/** A TF.js layers model, as `model.save` writes it: model.json and the files of its weights, in one zip. */
export const tfjsLayersImporter: Importer = {
  key: 'tfjs-layers',
  extension: '.zip',
  recognises: (bytes) => isZipWith(bytes, DESCRIPTION),
  async read(bytes, options) {
    refuseOptions(options);
    const zip = await ZipReader.open(bytes);
    const path =
      zip
        .names()
        .filter((name) => name.split('/').at(-1) === DESCRIPTION)
        .sort((a, b) => a.length - b.length)[0] ?? DESCRIPTION;
    const { modelTopology, weightsManifest } = described(await zip.read(path));
    const folder = path.slice(0, path.length - DESCRIPTION.length);
    const model = compileLayers({ modelTopology }, { mode: 'training' });
    const weights: FileWeight[] = [];
    for (const group of groupsOf(weightsManifest)) weights.push(...(await weightsOf(group, zip, folder)));
    return {
      artifact: layersArtifact(modelTopology, model.parameters),
      model,
      weights: matchedWeights(model, weights),
    };
  },
};

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

function described(bytes: Buffer): { modelTopology: unknown; weightsManifest: unknown } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString());
  } catch (error) {
    throw fileInvalid(`${DESCRIPTION} is no JSON`, error);
  }
  if (
    typeof parsed !== 'object' ||
    parsed === null ||
    !('modelTopology' in parsed) ||
    !('weightsManifest' in parsed)
  )
    throw fileInvalid(
      `${DESCRIPTION} has no modelTopology or no weightsManifest; save the model by tf.LayersModel.save`,
    );
  if ('format' in parsed && parsed.format !== 'layers-model')
    throw fileInvalid(
      `${DESCRIPTION} is of format ${JSON.stringify(parsed.format).slice(0, 50)}; convert the model to ` +
        'layers (tfjs_layers_model)',
    );
  return { modelTopology: parsed.modelTopology, weightsManifest: parsed.weightsManifest };
}

function groupsOf(manifest: unknown): Group[] {
  const isGroup = (group: unknown): group is Group =>
    typeof group === 'object' &&
    group !== null &&
    'paths' in group &&
    Array.isArray(group.paths) &&
    group.paths.every((path) => typeof path === 'string') &&
    'weights' in group &&
    Array.isArray(group.weights) &&
    group.weights.every((weight) => typeof weight === 'object' && weight !== null);
  if (!Array.isArray(manifest) || !manifest.every(isGroup))
    throw fileInvalid(`weightsManifest of ${DESCRIPTION} is no list of {paths, weights}`);
  return manifest;
}

async function weightsOf({ paths, weights }: Group, zip: ZipReader, folder: string): Promise<FileWeight[]> {
  const files: Buffer[] = [];
  for (const path of paths) files.push(await zip.read(folder + path));
  const bytes = Buffer.concat(files);
  let at = 0;
  const read = weights.map(({ name, shape, dtype, quantization }): FileWeight => {
    if (
      typeof name !== 'string' ||
      !Array.isArray(shape) ||
      !shape.every((size) => Number.isSafeInteger(size) && size >= 0)
    )
      throw fileInvalid(`weightsManifest of ${DESCRIPTION} has a weight without name or shape`);
    const { bytesPerNumber, decode } = storageOf(name, dtype, quantization);
    const dims = shape as number[];
    const end = at + bytesPerNumber * elementCount(dims);
    if (end > bytes.length)
      throw fileInvalid(
        `weight "${name}" needs bytes ${at} to ${end} of ${paths.join(', ').slice(0, 200)}, which end ` +
          `at ${bytes.length}`,
      );
    const data = decode(new Uint8Array(bytes.subarray(at, end)));
    at = end;
    return { name, dims, data };
  });
  if (at !== bytes.length)
    throw fileInvalid(
      `${paths.join(', ').slice(0, 200)} have ${bytes.length} bytes, and the manifest names ${at}`,
    );
  return read;
}
