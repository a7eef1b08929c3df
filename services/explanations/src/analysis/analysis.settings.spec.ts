import { describe, expect, it } from 'vitest';
import { completeSettings, layerFor } from './analysis.settings.js';

const layers = [
  { name: 'conv1', units: 8, hasPositions: true },
  { name: 'pool', units: 0, hasPositions: false },
  { name: 'conv2', units: 16, hasPositions: true },
  { name: 'dense', units: 10, hasPositions: false },
];

describe('settings of an analysis', () => {
  it('have defaults that fit the model', () => {
    expect(completeSettings({}, layers, 10)).toEqual({
      classes: [],
      algorithms: ['grad-cam', 'integrated-gradients', 'loss-gradient'],
      layer: 'conv2',
      unitsPerLayer: 8,
    });
    expect(completeSettings({}, layers.slice(3), 10)).toMatchObject({
      algorithms: ['integrated-gradients', 'loss-gradient'],
      layer: '',
    });
  });

  it('are the same however they are written', () => {
    const asked = completeSettings(
      { classes: [3, 1, 3], algorithms: ['grad-cam', 'grad-cam'], layer: 'conv1' },
      layers,
      10,
    );
    expect(asked).toMatchObject({ classes: [1, 3], algorithms: ['grad-cam'], layer: 'conv1' });
  });

  it.each([-1, 10, 0.5])('refuse class %d of 10', (index) => {
    expect(() => completeSettings({ classes: [index] }, layers, 10)).toThrow(
      /does not exist; the model has 0 to 9/,
    );
  });

  it('a layer without learned units is refused', () => {
    expect(() => layerFor('pool', layers)).toThrow(
      /no layer "pool" with learned units; it has: conv1, conv2, dense/,
    );
  });
});
