import { compileModel } from './compile.model.js';
import { isZipWith, ZipReader } from './archive/zip.reader.js';
import type { ImportRequest } from './import.frames.js';
import type { ImportedModel } from './importer.js';
import { isGraphArtifact } from './onnx/graph.model.js';
import { findImporter } from './importer.registry.js';
import { checkedPreprocessing } from './preprocessing/checked.preprocessing.js';
import { changesData, type InputPreprocessing } from './preprocessing/preprocessing.js';
import {
  MODEL_CONFIG,
  parseClassNames,
  parsePreprocessorConfig,
  PREPROCESSOR_CONFIG,
} from './preprocessing/hugging-face.preprocessing.js';
import { type StatedTokenizer, statedVocabularies } from './vocabularies/stated.vocabulary.js';

/** A request with the texts of its tokenizers. */
export interface ReadRequest extends Omit<ImportRequest, 'tokenizers'> {
  readonly tokenizers?: readonly StatedTokenizer[];
}

/**
 * Reads a model out of the bytes of a file, and puts what was stated of its inputs in front of them. Throws as
 * `Importer.read`, and `invalid` MODEL_FORMAT_UNKNOWN, MODEL_IMPORT_INVALID, TOKENIZER_INVALID.
 */
export async function readModel(
  bytes: Uint8Array,
  { format: requested, preprocessing = [], tokenizers = [], ...options }: ReadRequest,
): Promise<ImportedModel & { readonly format: string }> {
  const importer = findImporter(requested, bytes);
  const read = await withClassNames(bytes, await importer.read(bytes, { ...options, preprocessing }));
  const format = read.format ?? importer.key;
  const ofFile = await declaredByFile(bytes, read);
  const stated = checkedPreprocessing(preprocessing, read.model.inputs);
  const merged = checkedPreprocessing(withFile(stated, ofFile), read.model.inputs).filter(changesData);
  const vocabularies = await statedVocabularies(tokenizers, read.model);
  if (merged.length + vocabularies.length === 0) return { ...read, format };
  const artifact = {
    ...(read.artifact as object),
    ...(merged.length > 0 && { preprocessing: merged }),
    ...(vocabularies.length > 0 && { vocabularies }),
  };
  return {
    format,
    artifact,
    model: compileModel(artifact, { mode: 'training' }),
    weights: read.weights,
  };
}

async function declaredByFile(
  bytes: Uint8Array,
  { model }: ImportedModel,
): Promise<InputPreprocessing | undefined> {
  if (!isZipWith(bytes, PREPROCESSOR_CONFIG)) return undefined;
  const zip = await ZipReader.open(bytes);
  const name = zip.names().find((one) => one.split('/').at(-1) === PREPROCESSOR_CONFIG);
  return name === undefined
    ? undefined
    : parsePreprocessorConfig((await zip.read(name)).toString(), model.inputs);
}

/** The model with the classes that the `config.json` of Hugging Face next to it names. */
async function withClassNames(bytes: Uint8Array, read: ImportedModel): Promise<ImportedModel> {
  const { artifact } = read;
  if (!isGraphArtifact(artifact) || !isZipWith(bytes, MODEL_CONFIG)) return read;
  const zip = await ZipReader.open(bytes);
  const name = zip.names().find((one) => one.split('/').at(-1) === MODEL_CONFIG);
  const [output] = artifact.model.outputs;
  if (name === undefined || output === undefined || output.classNames !== undefined) return read;
  const classNames = parseClassNames((await zip.read(name)).toString(), Number(output.dims.at(-1)));
  if (classNames === undefined) return read;
  const outputs = [{ ...output, classNames }, ...artifact.model.outputs.slice(1)];
  return {
    ...read,
    artifact: { ...artifact, model: { ...artifact.model, outputs } },
    model: { ...read.model, outputs },
  };
}

/** Fields of the caller replace the fields of the file. */
function withFile(
  stated: readonly InputPreprocessing[],
  ofFile: InputPreprocessing | undefined,
): InputPreprocessing[] {
  if (ofFile === undefined) return [...stated];
  const own = stated.find(({ input }) => input === ofFile.input);
  return [...stated.filter((one) => one !== own), { ...ofFile, ...own }];
}
