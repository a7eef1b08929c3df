import { initialWeights } from '@noema/engine';
import { compileLayers } from '@noema/layers';
import { describe, expect, it } from 'vitest';
import { readWeights } from './model.weights.js';

const topology = { class_name: 'Sequential', config: { name: 'two', layers: [
  { class_name: 'Dense', config: { name: 'a', units: 3, batch_input_shape: [null, 2] } }, { class_name: 'Dense', config: { name: 'b', units: 1 } },
] } };
const model = compileLayers(topology, { mode: 'inference' });
const weights = initialWeights(model, 1);
const bytesOf = (names: readonly string[]): Uint8Array => new Uint8Array(Float32Array.from(names.flatMap((name) => [...weights.get(name)!])).buffer);

describe('the weights of a checkpoint', () => {
  it('stand in the order of the parameters', () => { expect(readWeights(model, topology, bytesOf([...weights.keys()]))).toEqual(weights); });
  it('or in that of the manifest', () => {
    const names = [...weights.keys()].reverse();
    const read = readWeights(model, { ...topology, weightsManifest: [{ weights: names.map((name) => ({ name })) }] }, bytesOf(names));
    expect(new Map([...weights.keys()].map((name) => [name, read.get(name)]))).toEqual(weights);
  });
  it('that are too short are damaged', () => {
    expect(() => readWeights(model, topology, bytesOf(['a/kernel']))).toThrow(/has 24 bytes, model "two" needs 52/);
  });
});
