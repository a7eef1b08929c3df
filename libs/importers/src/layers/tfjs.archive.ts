import { elementCount, type TensorData } from '@noema/onnx';
import { ZipReader } from '../archive/zip.reader.js';
import { fileInvalid } from '../import.errors.js';
import { parseStorage } from './weight.storage.js';

export const DESCRIPTION = 'model.json';

/** A weight as a file has it. */
export interface StoredWeight extends TensorData {
  readonly name: string;
}

/** A model of TF.js out of a zip: `model.json`, and its weights on request. */
export interface TfjsArchive {
  /** `format` of model.json: `layers-model`, `graph-model`, or what else it states. */
  readonly format: unknown;
  readonly topology: unknown;
  readonly signature: unknown;
  /** Reads the weights. Throws `invalid` MODEL_FILE_INVALID for a file that is missing, cut or too long. */
  weights(): Promise<StoredWeight[]>;
}

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

/** Opens the model.json that is nearest to the root. Throws `invalid` MODEL_FILE_INVALID. */
export async function openTfjsArchive(bytes: Uint8Array): Promise<TfjsArchive> {
  const zip = await ZipReader.open(bytes);
  const path =
    zip
      .names()
      .filter((name) => name.split('/').at(-1) === DESCRIPTION)
      .sort((a, b) => a.length - b.length)[0] ?? DESCRIPTION;
  const { format, modelTopology, signature, weightsManifest } = described(await zip.read(path));
  const folder = path.slice(0, path.length - DESCRIPTION.length);
  return {
    format: format ?? (isGraph(modelTopology) ? 'graph-model' : 'layers-model'),
    topology: modelTopology,
    signature,
    async weights() {
      const weights: StoredWeight[] = [];
      for (const group of parseGroups(weightsManifest))
        weights.push(...(await readWeights(group, zip, folder)));
      return weights;
    },
  };
}

/** Converters before TF.js 1.0 state no format. */
const isGraph = (topology: unknown): boolean =>
  typeof topology === 'object' && topology !== null && 'node' in topology;

interface Description {
  readonly format?: unknown;
  readonly modelTopology: unknown;
  readonly signature?: unknown;
  readonly weightsManifest: unknown;
}

function described(bytes: Buffer): Description {
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
  return parsed;
}

function parseGroups(manifest: unknown): Group[] {
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

async function readWeights(
  { paths, weights }: Group,
  zip: ZipReader,
  folder: string,
): Promise<StoredWeight[]> {
  const files: Buffer[] = [];
  for (const path of paths) files.push(await zip.read(folder + path));
  const bytes = Buffer.concat(files);
  let at = 0;
  const read = weights.map(({ name, shape, dtype, quantization }): StoredWeight => {
    if (
      typeof name !== 'string' ||
      !Array.isArray(shape) ||
      !shape.every((size) => Number.isSafeInteger(size) && size >= 0)
    )
      throw fileInvalid(`weightsManifest of ${DESCRIPTION} has a weight without name or shape`);
    const { bytesPerNumber, dataType, decode } = parseStorage(name, dtype, quantization);
    const dims = shape as number[];
    const end = at + bytesPerNumber * elementCount(dims);
    if (end > bytes.length)
      throw fileInvalid(
        `weight "${name}" needs bytes ${at} to ${end} of ${paths.join(', ').slice(0, 200)}, which end ` +
          `at ${bytes.length}`,
      );
    const data = decode(new Uint8Array(bytes.subarray(at, end)));
    at = end;
    return { name, dims, dataType, data };
  });
  if (at !== bytes.length)
    throw fileInvalid(
      `${paths.join(', ').slice(0, 200)} have ${bytes.length} bytes, and the manifest names ${at}`,
    );
  return read;
}
