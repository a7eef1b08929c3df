import { describe, expect, it } from 'vitest';
import type { EncoderSpec, Manifest } from '../manifest/manifest.js';
import { proposeNetwork } from './propose-network.js';

const manifest = (input: EncoderSpec, truth?: EncoderSpec): Manifest => ({
  noema: 1,
  name: 'data',
  source: { reader: 'table', path: '.' },
  splits: { training: 0.8, validation: 0.2 },
  inputs: { x: input },
  ground_truths: truth === undefined ? {} : { y: truth },
  metadata: [],
  visuals: {},
});
const classes = { encoder: 'classes', column: 'y', values: ['a', 'b', 'c'] };
const listLayers = (input: EncoderSpec, truth: EncoderSpec = classes) =>
  proposeNetwork(manifest(input, truth), () => 102)?.config.layers ?? [];
const names = (input: EncoderSpec, truth?: EncoderSpec) =>
  listLayers(input, truth).map(({ config }) => config['name']);

describe('a network to begin with', () => {
  it('has dense layers for columns, and as many units as there are classes', () => {
    const columns = [{ column: 'a', mean: 0, std: 1 }, { column: 'b', values: ['p', 'q'] }, { column: 'c' }];
    const layers = listLayers({ encoder: 'features', columns });
    expect(layers[0]!.config['batch_input_shape']).toEqual([null, 4]);
    expect(layers.at(-1)).toEqual({
      class_name: 'Dense',
      config: { name: 'y', units: 3, activation: 'softmax' },
    });
  });

  it('is not proposed for a single class, which every network predicts', () => {
    const input = { encoder: 'features', columns: [{ column: 'a' }] };
    expect(proposeNetwork(manifest(input, { ...classes, values: ['a'] }), () => 0)).toBeUndefined();
  });

  it('has a linear output for numbers', () => {
    const { config } = listLayers(
      { encoder: 'features', columns: [{ column: 'a' }] },
      { encoder: 'number', columns: ['y', 'z'] },
    ).at(-1)!;
    expect(config).toEqual({ name: 'y', units: 2 });
  });

  it('moves an output of numbers by the mean and the deviation of the ground truth', () => {
    const input = { encoder: 'features', columns: [{ column: 'a' }] };
    const layers = proposeNetwork(manifest(input, { encoder: 'number', columns: ['y'] }), () => 0, {
      mean: 150,
      std: 77,
    })!.config.layers;
    expect(layers.slice(-2)).toEqual([
      { class_name: 'Dense', config: { name: 'y_standard', units: 1 } },
      { class_name: 'Rescaling', config: { name: 'y', scale: 77, offset: 150 } },
    ]);
  });

  it('halves pictures until they are small', () => {
    const picture = (side: number) => ({
      encoder: 'picture',
      column: 'x',
      height: side,
      width: side,
      channels: 3,
    });
    expect(names(picture(8))).toEqual(['x', 'conv1', 'flatten', 'dense', 'y']);
    expect(names(picture(28))).toEqual([
      'x',
      'conv1',
      'pool1',
      'conv2',
      'pool2',
      'conv3',
      'flatten',
      'dense',
      'y',
    ]);
    expect(names(picture(512)).filter((name) => String(name).startsWith('conv'))).toHaveLength(7);
  });

  it('embeds as many words as the vocabulary has', () => {
    const layers = listLayers({ encoder: 'words', column: 'x', length: 20, vocabulary: 'noema.words.txt' });
    expect(layers[1]!.config).toMatchObject({ input_dim: 102 });
    const tokens = { encoder: 'tokens', column: 'x', length: 20, tokenizer: 'tokenizer.json', gives: 'ids' };
    expect(listLayers(tokens)[1]!.config).toMatchObject({ input_dim: 102 });
  });

  it('joins the maximum of a convolution and the scaled mean of all words', () => {
    const layers = listLayers({ encoder: 'words', column: 'x', length: 100, vocabulary: 'noema.words.txt' });
    const find = (name: string) => layers.find((layer) => layer.config['name'] === name);
    expect(find('mean')).toMatchObject({ inbound_nodes: [[['embedding', 0, 0, {}]]] });
    // Keras reads no Rescaling without an offset.
    expect(find('scaled_mean')!.config).toMatchObject({ scale: 10, offset: 0 });
    expect(find('join')).toMatchObject({
      inbound_nodes: [
        [
          ['maximum', 0, 0, {}],
          ['scaled_mean', 0, 0, {}],
        ],
      ],
    });
    expect(layers.at(-1)!.config).toEqual({ name: 'y', units: 3, activation: 'softmax' });
  });

  it('has an encoder and a decoder for masks, of the size of the picture also where it cannot be halved', () => {
    const network = (height: number, width: number, maskWidth = width) =>
      proposeNetwork(
        manifest(
          { encoder: 'picture', column: 'x', height, width, channels: 3 },
          { encoder: 'mask', column: 'y', height, width: maskWidth, values: ['cat', 'dog'] },
        ),
        () => 0,
      );
    const { config } = network(43, 64)!;
    expect(config).toMatchObject({ input_layers: [['x', 0, 0]], output_layers: [['y', 0, 0]] });
    expect(config.layers.map((layer) => layer.config['name']).join(' ')).toBe(
      'x margin down1 pool1 down2 pool2 middle raise2 join2 up2 raise1 join1 up1 cut y',
    );
    const find = (name: string) => config.layers.find((layer) => layer.config['name'] === name);
    expect(find('margin')!.config['padding']).toEqual([
      [0, 1],
      [0, 0],
    ]);
    expect(find('join1')).toMatchObject({
      inbound_nodes: [
        [
          ['raise1', 0, 0, {}],
          ['down1', 0, 0, {}],
        ],
      ],
    });
    expect(find('y')!.config).toMatchObject({ filters: 3, kernel_size: 1, activation: 'softmax' });
    expect(network(64, 64)!.config.layers.map((layer) => layer.class_name)).not.toContain('Cropping2D');
    expect(network(64, 64, 32)).toBeUndefined();
  });

  it('is not proposed without a ground truth, or for an array of unknown sizes', () => {
    expect(
      proposeNetwork(manifest({ encoder: 'features', columns: [{ column: 'a' }] }), () => 0),
    ).toBeUndefined();
    expect(listLayers({ encoder: 'array', column: 'x' })).toEqual([]);
  });
});
