import { expect, it } from 'vitest';
import { inputShapeOption } from './model-import.js';

it('reads sizes of inputs by name, one after the other', () => {
  const first = inputShapeOption('image:0=3,48,320');
  expect(inputShapeOption('a=b=7', first)).toEqual([
    { input: 'image:0', sizes: [3, 48, 320] },
    { input: 'a=b', sizes: [7] },
  ]);
});

it.each(['image', '=3', 'image=', 'image=3,x', 'image=0', 'image=1.5'])(
  'refuses %s with an example',
  (text) => {
    expect(() => inputShapeOption(text)).toThrow('such as image=3,224,224');
  },
);
