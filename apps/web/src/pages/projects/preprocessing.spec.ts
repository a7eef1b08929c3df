import { ChannelLayout, ChannelOrder, Interpolation } from '@noema/contracts/noema/training/v1/model_service';
import { expect, it } from 'vitest';
import { preprocessingFaults, requestedPreprocessing, UNCHANGED } from './preprocessing.js';

it('asks for nothing while data are taken unchanged', () => {
  expect(requestedPreprocessing(UNCHANGED)).toEqual([]);
  expect(requestedPreprocessing({ ...UNCHANGED, interpolation: String(Interpolation.NEAREST) })).toEqual([]);
});

it('asks for what was stated', () => {
  const stated = {
    ...UNCHANGED,
    height: 32,
    width: 48,
    channelOrder: String(ChannelOrder.BGR),
    layout: String(ChannelLayout.FIRST),
    range: '-1, 1',
    mean: '0.485, 0.456,0.406',
  };
  expect(requestedPreprocessing(stated)).toEqual([
    {
      input: '',
      dataSize: [32, 48],
      interpolation: Interpolation.UNSPECIFIED,
      channelOrder: ChannelOrder.BGR,
      layout: ChannelLayout.FIRST,
      range: [-1, 1],
      mean: [0.485, 0.456, 0.406],
      std: [],
    },
  ]);
  expect(preprocessingFaults(stated)).toEqual({});
});

it('names what is missing', () => {
  expect(preprocessingFaults({ ...UNCHANGED, height: 3, mean: '1,,2', std: 'one' })).toEqual({
    width: 'give both',
    mean: 'give numbers divided by commas',
    std: 'give numbers divided by commas',
  });
});
