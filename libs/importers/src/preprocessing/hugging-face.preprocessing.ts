import type { ModelInput } from '@noema/layers';
import { fileInvalid } from '../import.errors.js';
import type { InputPreprocessing, Interpolation } from './preprocessing.js';

export const MODEL_CONFIG = 'config.json';
export const PREPROCESSOR_CONFIG = 'preprocessor_config.json';

/** Numbers of Pillow's resampling filters. */
const RESAMPLE: Readonly<Record<number, Interpolation>> = { 0: 'nearest', 2: 'bilinear', 3: 'bicubic' };
const WHITE = 255;

/**
 * Reads the preprocessing of pictures from a `preprocessor_config.json` of Hugging Face, for the first input of
 * the model that has three axes: rescaling of bytes, mean, deviation and order of the channels. Data are from 0
 * to 1 here, so that a rescaling by 1/255 changes nothing. Sizes are not read: pictures are ingested in the size
 * of the model. Returns nothing for the file of another kind of data. Throws `invalid` MODEL_FILE_INVALID.
 */
export function parsePreprocessorConfig(
  text: string,
  inputs: readonly ModelInput[],
): InputPreprocessing | undefined {
  const config = parseObject(text);
  const input = inputs.find(({ dims }) => dims.length === 4);
  if (input === undefined || (config['image_mean'] === undefined && config['do_rescale'] === undefined))
    return undefined;
  const rescales = config['do_rescale'] !== false;
  const factor = numberAt(config, 'rescale_factor', 1 / WHITE);
  const low = rescales && (config['rescale_offset'] ?? config['offset']) === true ? -1 : 0;
  const high = rescales ? low + WHITE * factor : WHITE;
  const normalizes = config['do_normalize'] !== false;
  const mean = normalizes ? numbersAt(config, 'image_mean') : undefined;
  const std = normalizes ? numbersAt(config, 'image_std') : undefined;
  const interpolation = RESAMPLE[numberAt(config, 'resample', 2)];
  return {
    input: input.name,
    ...(interpolation && { interpolation }),
    ...(config['do_flip_channel_order'] === true && { channelOrder: 'bgr' as const }),
    ...((low !== 0 || Math.abs(high - 1) > 1e-6) && { range: [low, high] as const }),
    ...(mean && { mean }),
    ...(std && { std }),
  };
}

/**
 * Reads the class names of an output of `width` numbers from the `id2label` of a `config.json` of Hugging Face.
 * Returns nothing for a file without them, for another number of classes, and for the names `LABEL_0`, … that
 * stand for none.
 */
export function parseClassNames(text: string, width: number): string[] | undefined {
  let labels: unknown;
  try {
    labels = (JSON.parse(text) as { readonly id2label?: unknown } | null)?.id2label;
  } catch {
    return undefined;
  }
  if (typeof labels !== 'object' || labels === null) return undefined;
  const names = Array.from({ length: width }, (_, i) => (labels as Record<string, unknown>)[String(i)]);
  const isNamed = names.every(
    (name): name is string => typeof name === 'string' && !/^LABEL_\d+$/.test(name),
  );
  return isNamed && Object.keys(labels).length === width ? names : undefined;
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw fileInvalid(`${PREPROCESSOR_CONFIG} is no JSON`, error);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw fileInvalid(`${PREPROCESSOR_CONFIG} is no object`);
  return parsed as Readonly<Record<string, unknown>>;
}

function numberAt(config: Readonly<Record<string, unknown>>, key: string, fallback: number): number {
  const value = config[key] ?? fallback;
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw fileInvalid(
      `${PREPROCESSOR_CONFIG} has ${key} ${JSON.stringify(value).slice(0, 100)}, not a number`,
    );
  return value;
}

function numbersAt(config: Readonly<Record<string, unknown>>, key: string): readonly number[] | undefined {
  const value = config[key];
  if (value === undefined || value === null) return undefined;
  const list: readonly unknown[] = [value].flat();
  if (!list.every((one): one is number => typeof one === 'number' && Number.isFinite(one)))
    throw fileInvalid(
      `${PREPROCESSOR_CONFIG} has ${key} ${JSON.stringify(value).slice(0, 100)}, not numbers`,
    );
  return list;
}
