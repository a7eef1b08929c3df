import { parseArtifactRef } from '@noema/contracts';
import { ModelFormat } from '@noema/contracts/noema/training/v1/model';
import {
  ChannelLayout,
  ChannelOrder,
  type InputPreprocessing as InputPreprocessingMessage,
  type InputShape,
  type InputTokenizer as InputTokenizerMessage,
  Interpolation,
  type ModelFile as ModelFileMessage,
  OutputActivation,
} from '@noema/contracts/noema/training/v1/model_service';
import { inputShapesInvalid, preprocessingInvalid, tokenizersInvalid } from './model-import.errors.js';
import type { InputPreprocessing, InputTokenizer, ModelFile } from './model-import.js';
import { FORMATS } from '../model/model.mapper.js';

/** The file of a request; without one, a file without parts. */
export function parseModelFile(message: ModelFileMessage | undefined): ModelFile {
  const {
    format = ModelFormat.UNSPECIFIED,
    parts = [],
    outputActivation,
    outputs = [],
    layers = [],
    inputShapes = [],
    preprocessing = [],
    tokenizers = [],
  } = message ?? {};
  const activation =
    outputActivation === OutputActivation.SOFTMAX
      ? 'softmax'
      : outputActivation === OutputActivation.SIGMOID
        ? 'sigmoid'
        : undefined;
  return {
    format: parseFormat(format),
    parts: parts.map((part) => parseArtifactRef(part, 'model_file.parts')),
    outputs,
    layers,
    ...(activation && { outputActivation: activation }),
    ...(inputShapes.length > 0 && { inputShapes: parseInputShapes(inputShapes) }),
    ...(preprocessing.length > 0 && { preprocessing: preprocessing.map(parsePreprocessing) }),
    ...(tokenizers.length > 0 && { tokenizers: parseTokenizers(tokenizers) }),
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

const MAX_TOKENIZERS = 16;
const MAX_TOKENIZER_FILES = 4;
const FILE_NAME = /^[^/\\\p{Cc}]{1,200}$/u;

/** Throws `invalid` MODEL_IMPORT_INVALID for too many tokenizers or files, and for names that are no file's. */
function parseTokenizers(tokenizers: readonly InputTokenizerMessage[]): InputTokenizer[] {
  if (tokenizers.length > MAX_TOKENIZERS)
    throw tokenizersInvalid(`has ${tokenizers.length} tokenizers; give at most ${MAX_TOKENIZERS}`);
  return tokenizers.map(({ input, files }) => {
    if (files.length === 0 || files.length > MAX_TOKENIZER_FILES)
      throw tokenizersInvalid(
        `has ${files.length} files for input "${input.slice(0, 100)}"; give 1 to ${MAX_TOKENIZER_FILES}`,
      );
    const names = new Set<string>();
    return {
      input,
      files: files.map(({ name, parts }) => {
        if (!FILE_NAME.test(name) || names.size === names.add(name).size)
          throw tokenizersInvalid(
            `has the file ${JSON.stringify(name.slice(0, 200))}; give the name of each file once, without folders`,
          );
        return { name, parts: parts.map((part) => parseArtifactRef(part, 'model_file.tokenizers')) };
      }),
    };
  });
}

const MAX_NUMBERS = 1024;

/** Throws `invalid` MODEL_IMPORT_INVALID for lists of the wrong length; whether they fit, the model decides. */
function parsePreprocessing({
  input,
  layout,
  dataSize,
  interpolation,
  channelOrder,
  range,
  mean,
  std,
}: InputPreprocessingMessage): InputPreprocessing {
  const pair = (field: string, values: readonly number[]): readonly [number, number] => {
    if (values.length !== 2)
      throw preprocessingInvalid(`has ${field} with ${values.length} numbers; give two`);
    return [values[0]!, values[1]!];
  };
  const few = (field: string, values: readonly number[]): readonly number[] => {
    if (values.length > MAX_NUMBERS)
      throw preprocessingInvalid(`has ${field} with ${values.length} numbers; give at most ${MAX_NUMBERS}`);
    return [...values];
  };
  return {
    input,
    ...(layout !== ChannelLayout.UNSPECIFIED && { layout: findName(LAYOUTS, layout, 'layout') }),
    ...(dataSize.length > 0 && { dataSize: pair('data_size', dataSize) }),
    ...(interpolation !== Interpolation.UNSPECIFIED && {
      interpolation: findName(INTERPOLATIONS, interpolation, 'interpolation'),
    }),
    ...(channelOrder !== ChannelOrder.UNSPECIFIED && {
      channelOrder: findName(ORDERS, channelOrder, 'channel_order'),
    }),
    ...(range.length > 0 && { range: pair('range', range) }),
    ...(mean.length > 0 && { mean: few('mean', mean) }),
    ...(std.length > 0 && { std: few('std', std) }),
  };
}

const LAYOUTS: ReadonlyMap<ChannelLayout, NonNullable<InputPreprocessing['layout']>> = new Map([
  [ChannelLayout.FIRST, 'channels-first'],
  [ChannelLayout.LAST, 'channels-last'],
]);
const INTERPOLATIONS: ReadonlyMap<Interpolation, NonNullable<InputPreprocessing['interpolation']>> = new Map([
  [Interpolation.NEAREST, 'nearest'],
  [Interpolation.BILINEAR, 'bilinear'],
  [Interpolation.BICUBIC, 'bicubic'],
]);
const ORDERS: ReadonlyMap<ChannelOrder, NonNullable<InputPreprocessing['channelOrder']>> = new Map([
  [ChannelOrder.RGB, 'rgb'],
  [ChannelOrder.BGR, 'bgr'],
  [ChannelOrder.GRAY, 'gray'],
]);

function findName<K, V>(names: ReadonlyMap<K, V>, value: K, field: string): V {
  const name = names.get(value);
  if (name === undefined) throw preprocessingInvalid(`has ${field} ${String(value)}, which is not known`);
  return name;
}

function parseFormat(format: ModelFormat): string {
  if (format === ModelFormat.UNSPECIFIED) return '';
  return (
    Object.entries(FORMATS).find(([, value]) => value === format)?.[0] ??
    (ModelFormat[format] ?? String(format)).toLowerCase().replaceAll('_', '-')
  );
}
