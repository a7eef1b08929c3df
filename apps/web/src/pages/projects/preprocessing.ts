import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  ChannelLayout,
  ChannelOrder,
  type InputPreprocessingSchema,
  Interpolation,
} from '@noema/contracts/noema/training/v1/model_service';
import { parseNumbers } from '../../parts/method-settings.js';

/** Statements of the form of an import on the input of a model; texts may be incomplete while somebody types. */
export interface StatedInput {
  readonly input: string;
  readonly height: number | string;
  readonly width: number | string;
  readonly interpolation: string;
  readonly channelOrder: string;
  readonly layout: string;
  readonly range: string;
  readonly mean: string;
  readonly std: string;
}

export const UNCHANGED: StatedInput = {
  input: '',
  height: '',
  width: '',
  interpolation: String(Interpolation.UNSPECIFIED),
  channelOrder: String(ChannelOrder.UNSPECIFIED),
  layout: String(ChannelLayout.UNSPECIFIED),
  range: '0, 1',
  mean: '',
  std: '',
};

export const RANGES = ['0, 1', '-1, 1', '0, 255'] as const;

/** The preprocessing of a request; none where the form says that data are taken unchanged. */
export function requestedPreprocessing(
  stated: StatedInput,
): MessageInitShape<typeof InputPreprocessingSchema>[] {
  const one = {
    input: stated.input.trim(),
    dataSize: stated.height === '' ? [] : [Number(stated.height), Number(stated.width)],
    interpolation: Number(stated.interpolation),
    channelOrder: Number(stated.channelOrder),
    layout: Number(stated.layout),
    range: stated.range === UNCHANGED.range ? [] : readNumbers(stated.range),
    mean: readNumbers(stated.mean),
    std: readNumbers(stated.std),
  };
  const isChanged = Object.entries(one).some(
    ([field, value]) =>
      field !== 'input' &&
      field !== 'interpolation' &&
      (Array.isArray(value) ? value.length > 0 : value !== 0),
  );
  return isChanged || one.input !== '' ? [one] : [];
}

/** Faults of the statements by field, which keep the form from being sent; the platform checks the rest. */
export function preprocessingFaults(stated: StatedInput): Partial<Record<keyof StatedInput, string>> {
  const faults: Partial<Record<keyof StatedInput, string>> = {};
  if ((stated.height === '') !== (stated.width === ''))
    faults[stated.height === '' ? 'height' : 'width'] = 'give both';
  for (const field of ['mean', 'std'] as const)
    if (!readNumbers(stated[field]).every(Number.isFinite)) faults[field] = 'give numbers divided by commas';
  return faults;
}

/** NaN for a text that is no list of numbers. */
function readNumbers(text: string): number[] {
  if (text.trim() === '') return [];
  const numbers = parseNumbers(text);
  return typeof numbers === 'string' ? [Number.NaN] : [...numbers];
}
