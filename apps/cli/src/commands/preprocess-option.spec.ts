import { ChannelLayout, ChannelOrder, Interpolation } from '@noema/contracts/noema/training/v1/model_service';
import { expect, it } from 'vitest';
import { preprocessOption } from './preprocess-option.js';

it('reads the settings of one input after the other', () => {
  const first = preprocessOption(
    'input=image:0 size=32x48 interpolation=bicubic order=bgr layout=first range=-1,1 mean=0.5 std=1,2,3',
  );
  expect(preprocessOption('mean=1', first)).toEqual([
    {
      input: 'image:0',
      dataSize: [32, 48],
      interpolation: Interpolation.BICUBIC,
      channelOrder: ChannelOrder.BGR,
      layout: ChannelLayout.FIRST,
      range: [-1, 1],
      mean: [0.5],
      std: [1, 2, 3],
    },
    { mean: [1] },
  ]);
});

it.each([
  ['scale=2', '"scale=2" is not a setting of an input; give input, size,'],
  ['size=32', '"32" is not a height x width, such as 32x48'],
  ['order=brg', '"brg" is not one of rgb, bgr, gray'],
  ['order=toString', '"toString" is not one of'],
  ['range=0', '"0" is not 2 numbers divided by commas'],
  ['mean=a', '"a" is not numbers divided by commas'],
  ['std=', '"" is not numbers'],
])('refuses %s with what to give', (text, message) => {
  expect(() => preprocessOption(text)).toThrow(message);
});
