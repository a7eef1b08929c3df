import { describe, expect, it } from 'vitest';
import { frozenLayers } from './frozen.layers.js';

const layer = (name: string) => ({
  name,
  kind: 'Dense',
  outputDims: [2],
  parameterCount: 1,
  unitCount: 1,
  isConvolution: false,
  config: {},
  inputs: [],
});
const model = {
  layers: ['input', 'conv1', 'conv2', 'outer/inner', 'head'].map(layer),
  parameters: ['conv1/kernel', 'conv1/bias', 'conv2/kernel', 'outer/inner/kernel', 'head/kernel'].map(
    (name) => ({
      name,
      dims: [1],
    }),
  ),
  heads: ['head'],
};

describe('frozen layers', () => {
  it('are an empty list unless some are requested', () => {
    expect(frozenLayers(model, [])).toEqual([]);
  });

  it('are found by name, by pattern, and by the word base', () => {
    expect(frozenLayers(model, ['conv2', 'conv1'])).toEqual(['conv1', 'conv2']);
    expect(frozenLayers(model, ['conv*'])).toEqual(['conv1', 'conv2']);
    expect(frozenLayers(model, ['base'])).toEqual(['conv1', 'conv2', 'outer/inner']);
  });

  it('are refused where they have no weights, or where base finds no new head', () => {
    expect(() => frozenLayers(model, ['input'])).toThrow(/no layer "input" with weights.*conv1, conv2/);
    expect(() => frozenLayers({ ...model, heads: [] }, ['base'])).toThrow(/no new head/);
  });
});
