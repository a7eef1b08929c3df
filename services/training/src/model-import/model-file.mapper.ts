import { artifactRefOf } from '@noema/contracts';
import { ModelFormat } from '@noema/contracts/noema/training/v1/model';
import {
  type InputShape,
  type ModelFile as ModelFileMessage,
  OutputActivation,
} from '@noema/contracts/noema/training/v1/model_service';
import { inputShapesInvalid } from './model-import.errors.js';
import type { ModelFile } from './model-import.js';
import { FORMATS } from '../model/model.mapper.js';

/** The file of a request; without one, a file without parts. */
export function modelFileOf(message: ModelFileMessage | undefined): ModelFile {
  const {
    format = ModelFormat.UNSPECIFIED,
    parts = [],
    outputActivation,
    outputs = [],
    layers = [],
    inputShapes = [],
  } = message ?? {};
  const activation =
    outputActivation === OutputActivation.SOFTMAX
      ? 'softmax'
      : outputActivation === OutputActivation.SIGMOID
        ? 'sigmoid'
        : undefined;
  return {
    format: formatOf(format),
    parts: parts.map((part) => artifactRefOf(part, 'model_file.parts')),
    outputs,
    layers,
    ...(activation && { outputActivation: activation }),
    ...(inputShapes.length > 0 && { inputShapes: parseInputShapes(inputShapes) }),
  };
}

const MAX_SHAPES = 64;
const MAX_SIZES = 8;

/** Throws `invalid` MODEL_IMPORT_INVALID for too many shapes, names that are empty or doubled, and bad sizes. */
function parseInputShapes(shapes: readonly InputShape[]): Record<string, readonly number[]> {
  if (shapes.length > MAX_SHAPES)
    throw inputShapesInvalid(`has ${shapes.length} shapes; give at most ${MAX_SHAPES}`);
  const parsed = new Map<string, readonly number[]>();
  for (const { input, sizes } of shapes) {
    if (input === '' || parsed.has(input))
      throw inputShapesInvalid(
        `names input "${input.slice(0, 100)}"${input === '' ? '' : ' twice'}; give each input of the file once`,
      );
    if (sizes.length > MAX_SIZES || sizes.some((size) => size < 1))
      throw inputShapesInvalid(
        `has [${sizes.slice(0, 20).join(', ')}] for input "${input.slice(0, 100)}"; give at most ${MAX_SIZES} ` +
          'sizes of 1 or more, without the batch',
      );
    parsed.set(input, [...sizes]);
  }
  return Object.fromEntries(parsed);
}

function formatOf(format: ModelFormat): string {
  if (format === ModelFormat.UNSPECIFIED) return '';
  return (
    Object.entries(FORMATS).find(([, value]) => value === format)?.[0] ??
    (ModelFormat[format] ?? String(format)).toLowerCase().replaceAll('_', '-')
  );
}
