import { initialWeights } from '@noema/engine';
import { compileLayers } from '@noema/layers';
import { expect, it } from 'vitest';
import { randomizedWeights } from './randomized.weights.js';

const layer = (className: string, name: string, config: object) => ({
  class_name: className,
  config: { name, ...config },
});
const model = compileLayers(
  {
    class_name: 'Sequential',
    config: {
      name: 'm',
      layers: [
        layer('InputLayer', 'image', { batch_input_shape: [null, 6, 6, 1] }),
        layer('BatchNormalization', 'first', {}),
        layer('Conv2D', 'conv', { filters: 3, kernel_size: 3 }),
        layer('BatchNormalization', 'norm', {}),
        layer('Flatten', 'flatten', {}),
        layer('Dense', 'dense', { units: 4 }),
        layer('Dense', 'out', { units: 2 }),
      ],
    },
  },
  { mode: 'inference' },
);
const trained = new Map(
  model.parameters.map(({ name, dims }) => [name, new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(9)]),
);
const randomIn = (downTo: string, seed = 5): string[] => {
  const initial = initialWeights(model, seed);
  return [...randomizedWeights(model, trained, { downTo, seed })]
    .filter(([name, values]) => {
      if (values === trained.get(name)) return false;
      expect(values).toEqual(initial.get(name));
      return true;
    })
    .map(([name]) => name.split('/')[0]!)
    .filter((name, i, all) => all.indexOf(name) === i);
};

it('weights become random from the output down to the layer, and all of them at the first one', () => {
  expect(randomIn('out')).toEqual(['out']);
  expect(randomIn('dense')).toEqual(['dense', 'out']);
  expect(randomIn('conv')).toEqual(['first', 'conv', 'norm', 'dense', 'out']);
  expect(() => randomIn('conv9')).toThrow(/no learned layer "conv9"; it has: conv, dense, out/);
});
