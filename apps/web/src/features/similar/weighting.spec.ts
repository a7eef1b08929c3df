import { depthWeights, layerWeights } from '@noema/perception';
import { describe, expect, it } from 'vitest';
import {
  computeLayerWeights,
  depthText,
  parseWeighting,
  weightingOfSpace,
  weightingText,
  weightsSentence,
} from './weighting.js';

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `layer${i}`);

describe('a weighting of the layers', () => {
  it('weighs by depth as the platform does, for any number of layers', () => {
    for (const count of [1, 2, 3, 4, 7, 8]) {
      const layout = { layers: names(count).map((name) => ({ name, units: 2 })) };
      for (const depth of [0, 0.05, 0.25, 0.5, 0.7, 1])
        expect(computeLayerWeights({ depth }, names(count)), `${count} layers at ${depth}`).toEqual(
          depthWeights(depth, layout),
        );
      for (const space of ['all', 'appearance', 'concept'] as const)
        expect(
          computeLayerWeights(weightingOfSpace({ name: space, layerWeights: [] }), names(count)),
          space,
        ).toEqual(layerWeights({ kind: space }, layout));
    }
  });

  it('is that of a space: of one layer, or of its own weights', () => {
    expect(
      computeLayerWeights(weightingOfSpace({ name: 'layer/layer1', layerWeights: [] }), names(3)),
    ).toEqual([0, 1, 0]);
    const own = { name: 'mine', layerWeights: [{ layer: 'layer2', weight: 0.5 }] } as never;
    expect(computeLayerWeights(weightingOfSpace(own), names(3))).toEqual([0, 0, 0.5]);
  });

  it('comes out of an address as it went in, whatever its layers are called', () => {
    for (const weighting of [
      { depth: 0 },
      { depth: 0.35 },
      { weights: { 'block 1/conv:1,a': 1, 'dense%': 0, 'ünit.~': 0.25 } },
    ])
      expect(parseWeighting(weightingText(weighting))).toEqual(weighting);
    expect(weightingText(undefined)).toBe('');
  });

  it('is undefined for a text that names none, is below 0 or above 1, or has no layer that counts', () => {
    for (const text of ['', '-0.1', '1.01', 'x', 'NaN', 'a:', 'a:-1', ':1', 'a:0', 'a:1,b', '%E0%A4%A:1'])
      expect(parseWeighting(text), text).toBeUndefined();
  });

  it('is described in words', () => {
    expect(depthText(0)).toMatch(/early layers/);
    expect(depthText(0.5)).toBe('all layers equally');
    expect(depthText(0.25)).toMatch(/^25% of the way .* late ones less$/);
    expect(depthText(0.75)).toMatch(/early ones less$/);
    expect(weightsSentence(['a', 'b', 'c'], [2, 1, 0])).toBe('a counts fully, b 50%, c not at all');
    expect(weightsSentence(['a'], [0.001])).toBe('a counts fully');
  });
});
