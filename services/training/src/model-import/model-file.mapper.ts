import { artifactRefOf } from '@noema/contracts';
import { ModelFormat } from '@noema/contracts/noema/training/v1/model';
import {
  type ModelFile as ModelFileMessage,
  OutputActivation,
} from '@noema/contracts/noema/training/v1/model_service';
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
  };
}

function formatOf(format: ModelFormat): string {
  if (format === ModelFormat.UNSPECIFIED) return '';
  return (
    Object.entries(FORMATS).find(([, value]) => value === format)?.[0] ??
    (ModelFormat[format] ?? String(format)).toLowerCase().replaceAll('_', '-')
  );
}
