import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  ChannelLayout,
  ChannelOrder,
  type InputPreprocessingSchema,
  Interpolation,
} from '@noema/contracts/noema/training/v1/model_service';
import { InvalidArgumentError } from 'commander';
import { choose } from './choice.js';

export type Preprocessing = MessageInitShape<typeof InputPreprocessingSchema>;

export const PREPROCESS =
  'what an input takes, where the data (pictures in RGB from 0 to 1) differ, as settings divided by spaces: ' +
  'input=image size=32x32 interpolation=nearest|bilinear|bicubic order=rgb|bgr|gray layout=first|last ' +
  'range=0,255 mean=0.485,0.456,0.406 std=0.229,0.224,0.225; size is that of the pictures of the data; ' +
  'repeatable, once for each input';

const numbers = (text: string, count?: number): number[] => {
  const list = text.split(',').map((one) => (one.trim() === '' ? NaN : Number(one)));
  if (!list.every(Number.isFinite) || (count !== undefined && list.length !== count))
    throw new InvalidArgumentError(
      `"${text}" is not ${count === undefined ? 'numbers' : `${count} numbers`} divided by commas`,
    );
  return list;
};

const SETTINGS: Readonly<Record<string, (text: string) => Preprocessing>> = {
  input: (input) => ({ input }),
  size: (text) => ({ dataSize: sizes(text) }),
  interpolation: (text) => ({
    interpolation: choose(
      { nearest: Interpolation.NEAREST, bilinear: Interpolation.BILINEAR, bicubic: Interpolation.BICUBIC },
      text,
    ),
  }),
  order: (text) => ({
    channelOrder: choose({ rgb: ChannelOrder.RGB, bgr: ChannelOrder.BGR, gray: ChannelOrder.GRAY }, text),
  }),
  layout: (text) => ({ layout: choose({ first: ChannelLayout.FIRST, last: ChannelLayout.LAST }, text) }),
  range: (text) => ({ range: numbers(text, 2) }),
  mean: (text) => ({ mean: numbers(text) }),
  std: (text) => ({ std: numbers(text) }),
};

function sizes(text: string): number[] {
  const [, height, width] = /^(\d{1,5})x(\d{1,5})$/.exec(text) ?? [];
  if (height === undefined)
    throw new InvalidArgumentError(`"${text}" is not a height x width, such as 32x48`);
  return [Number(height), Number(width)];
}

/** Adds `input=image size=32x32 range=0,255` to the statements before it. */
export function preprocessOption(
  text: string,
  before: readonly Preprocessing[] = [],
): readonly Preprocessing[] {
  let stated: Preprocessing = {};
  for (const setting of text.split(/\s+/).filter((part) => part !== '')) {
    const at = setting.indexOf('=');
    const parse = at < 1 ? undefined : SETTINGS[setting.slice(0, at)];
    if (parse === undefined)
      throw new InvalidArgumentError(
        `"${setting}" is not a setting of an input; give ${Object.keys(SETTINGS).join(', ')}, such as range=0,255`,
      );
    stated = { ...stated, ...parse(setting.slice(at + 1)) };
  }
  return [...before, stated];
}
