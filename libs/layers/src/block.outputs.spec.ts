import { describe, expect, it } from 'vitest';
import { blockOutputs, compileLayers, followedLayers, proposedLayers } from './index.js';

type Step = readonly [name: string, kind: string, config: object, ...from: string[]];

const functional = (steps: readonly Step[], output: string): unknown => ({
  class_name: 'Functional',
  config: {
    name: 'net',
    layers: steps.map(([name, class_name, config, ...from]) => ({
      class_name,
      name,
      config: { name, ...config },
      inbound_nodes: from.length === 0 ? [] : [from.map((layer) => [layer, 0, 0, {}])],
    })),
    input_layers: [[steps[0]![0], 0, 0]],
    output_layers: [[output, 0, 0]],
  },
});
const conv = (name: string, filters: number, from: string, more: object = {}): Step => [
  name,
  'Conv2D',
  { filters, kernel_size: 3, padding: 'same', ...more },
  from,
];
const norm = (name: string, from: string): Step => [name, 'BatchNormalization', {}, from];
const relu = (name: string, from: string): Step => [name, 'ReLU', {}, from];

/**
 * As ResNet: a stem, a block with its input as shortcut, one with a convolution as shortcut, a head; sums are
 * bent.
 */
const residual = functional(
  [
    ['x', 'InputLayer', { batch_input_shape: [null, 8, 8, 1] }],
    conv('stem', 4, 'x'),
    norm('stem_norm', 'stem'),
    relu('stem_relu', 'stem_norm'),
    conv('a1', 4, 'stem_relu', { activation: 'relu' }),
    conv('a2', 4, 'a1'),
    norm('a2_norm', 'a2'),
    ['a_drop', 'Dropout', { rate: 0.5 }, 'a2_norm'],
    ['a_sum', 'Add', {}, 'a_drop', 'stem_relu'],
    relu('a_out', 'a_sum'),
    conv('b1', 6, 'a_out', { strides: 2 }),
    norm('b1_norm', 'b1'),
    conv('b_short', 6, 'a_out', { strides: 2 }),
    ['b_sum', 'Add', {}, 'b_short', 'b1_norm'],
    relu('b_out', 'b_sum'),
    ['pool', 'GlobalAveragePooling2D', {}, 'b_out'],
    ['hidden', 'Dense', { units: 5, activation: 'relu' }, 'pool'],
    ['out', 'Dense', { units: 3, activation: 'softmax' }, 'hidden'],
  ],
  'out',
);

/**
 * As MobileNetV2: narrow linear ends, the first block without a shortcut, a block named as outputs of blocks
 * would be.
 */
const inverted = functional(
  [
    ['x', 'InputLayer', { batch_input_shape: [null, 8, 8, 1] }],
    conv('stem', 4, 'x', { activation: 'relu' }),
    conv('block_1', 3, 'stem'),
    norm('project_norm', 'block_1'),
    conv('expand', 12, 'project_norm', { activation: 'relu' }),
    ['depthwise', 'DepthwiseConv2D', { kernel_size: 3, padding: 'same', activation: 'relu' }, 'expand'],
    conv('project', 3, 'depthwise'),
    norm('project2_norm', 'project'),
    ['sum', 'Add', {}, 'project_norm', 'project2_norm'],
    conv('head', 16, 'sum', { activation: 'relu' }),
    ['pool', 'GlobalAveragePooling2D', {}, 'head'],
    ['out', 'Dense', { units: 2, activation: 'softmax' }, 'pool'],
  ],
  'out',
);

describe('the outputs of blocks', () => {
  it.each(['inference', 'training'] as const)(
    'of a residual network are what its shortcuts begin and end at, behind the non-linearity, for %s',
    (mode) => {
      const model = compileLayers(residual, { mode });
      const blocks = blockOutputs(model);
      expect(
        blocks.map(({ name, kind, units, spatial, isConvolution }) => ({
          name,
          kind,
          units,
          spatial,
          isConvolution,
        })),
      ).toEqual([
        { name: 'block_1', kind: 'Block', units: 4, spatial: [8, 8], isConvolution: true },
        { name: 'block_2', kind: 'Block', units: 4, spatial: [8, 8], isConvolution: true },
        { name: 'block_3', kind: 'Block', units: 6, spatial: [4, 4], isConvolution: true },
      ]);
      expect(
        blocks.map(
          ({ activation }) => model.graph.nodes.find(({ outputs }) => outputs.includes(activation))!.opType,
        ),
      ).toEqual(['Relu', 'Relu', 'Relu']);
      expect(proposedLayers(model)).toEqual(['block_1', 'block_2', 'block_3', 'hidden', 'out']);
    },
  );

  it('of an inverted one are the linear ends, and no name is given twice', () => {
    const model = compileLayers(inverted, { mode: 'inference' });
    expect(blockOutputs(model).map(({ name, units }) => [name, units])).toEqual([
      ['block_output_1', 3],
      ['block_2', 3],
    ]);
    expect(proposedLayers(model)).toEqual(['block_output_1', 'block_2', 'head', 'out']);
  });

  it('are absent in a network without shortcuts, or where sums are of other things', () => {
    const plain = functional(
      [
        ['x', 'InputLayer', { batch_input_shape: [null, 8, 8, 1] }],
        conv('one', 4, 'x'),
        ['flat', 'Flatten', {}, 'one'],
        ['out', 'Dense', { units: 2 }, 'flat'],
      ],
      'out',
    );
    const branches = functional(
      [
        ['x', 'InputLayer', { batch_input_shape: [null, 6] }],
        ['left', 'Dense', { units: 4 }, 'x'],
        ['right', 'Dense', { units: 4 }, 'x'],
        ['sum', 'Add', {}, 'left', 'right'],
        ['out', 'Dense', { units: 2 }, 'sum'],
      ],
      'out',
    );
    for (const topology of [plain, branches])
      expect(
        [blockOutputs, proposedLayers].map((find) => find(compileLayers(topology, { mode: 'inference' }))),
      ).toEqual([[], []]);
  });

  it('and layers are followed in the order of the graph; all learned ones without a choice', () => {
    const model = compileLayers(residual, { mode: 'inference' });
    const names = (asked: string[]): string[] => followedLayers(model, asked).map(({ name }) => name);
    expect(names(['out', 'block_3', 'stem', 'b1'])).toEqual(['stem', 'b1', 'block_3', 'out']);
    expect(names([])).toEqual(model.layers.map(({ name }) => name));
    expect(() => names(['pool'])).toThrow(/no layer "pool"/);
  });
});
