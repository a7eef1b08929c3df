import { describe, expect, it } from 'vitest';
import { readTopology } from './topology.js';

const sequential = { class_name: 'Sequential', config: { layers: [] } };

describe('the layers in a text', () => {
  it('reads what Keras and TF.js write', () => {
    expect(readTopology(JSON.stringify(sequential)).topology).toEqual(sequential);
    expect(readTopology(JSON.stringify(JSON.stringify(sequential))).topology).toEqual(sequential);
    expect(
      readTopology(
        JSON.stringify({
          format: 'layers-model',
          modelTopology: { keras_version: '2', model_config: sequential },
          weightsManifest: [],
        }),
      ).topology,
    ).toEqual(sequential);
  });

  it('says what is wrong with anything else', () => {
    expect(readTopology('')).toEqual({});
    expect(readTopology('{').fault).toMatch(/^this is no JSON/);
    expect([readTopology('[]').fault, readTopology('null').fault, readTopology('{"a": 1}').fault]).toEqual(
      Array.from({ length: 3 }, () => expect.stringMatching(/no class_name/) as string),
    );
  });
});
