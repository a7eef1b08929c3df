import { describe, expect, it } from 'vitest';
import { compileLayers } from './compile.js';
import { MAX_DEPTH, MAX_LAYERS } from './topology.size.js';

const chain = (count: number) => ({
  class_name: 'Sequential',
  config: {
    name: 'chain',
    layers: Array.from({ length: count }, (_, i) => ({
      class_name: 'Dense',
      config: { name: `d${i}`, units: 2, ...(i === 0 && { batch_input_shape: [null, 2] }) },
    })),
  },
});

function nested(depth: number): object {
  let model: object = chain(1);
  for (let level = 1; level < depth; level++)
    model = { class_name: 'Sequential', config: { name: `m${level}`, layers: [model] } };
  return model;
}

describe('RELIABILITY 38: a model that is small to send and endless to compile', () => {
  it('is compiled up to the limit of layers, however deep the chain', () => {
    // and the input that is made for the first
    expect(compileLayers(chain(MAX_LAYERS), { mode: 'inference' }).summary).toHaveLength(MAX_LAYERS + 1);
  });

  it.each([MAX_LAYERS + 1, 110_000])(
    'is refused by name at %i layers, before anything is made of it',
    (count) => {
      expect(() => compileLayers(JSON.stringify(chain(count)), { mode: 'inference' })).toThrow(
        expect.objectContaining({
          kind: 'invalid',
          reason: 'MODEL_LAYERS_EXCEEDED',
          metadata: { what: 'layers', limit: '2048' },
        }),
      );
    },
  );

  it('counts the layers of the models inside it, and of what is wrapped', () => {
    const wrapped = { class_name: 'TimeDistributed', config: { name: 't', layer: chain(MAX_LAYERS) } };
    for (const inner of [chain(MAX_LAYERS), wrapped]) {
      expect(() =>
        compileLayers(
          { class_name: 'Sequential', config: { name: 'm', layers: [inner] } },
          { mode: 'inference' },
        ),
      ).toThrow(expect.objectContaining({ reason: 'MODEL_LAYERS_EXCEEDED' }));
    }
  });

  it('may hold models inside each other, to a limit', () => {
    expect(compileLayers(nested(MAX_DEPTH), { mode: 'inference' }).outputs).toHaveLength(1);
    expect(() => compileLayers(nested(20_000), { mode: 'inference' })).toThrow(
      expect.objectContaining({ reason: 'MODEL_LAYERS_EXCEEDED' }),
    );
  });
});
