import { seededRandom } from '@noema/kernel';
import { decodeModel, elementCount, float32 } from '@noema/onnx';
import { afterAll, describe, expect, it } from 'vitest';
import { Engine, evaluateProgram, initialWeights, type Program, responsesProgram } from '../src/index.js';
import { inference, sequence, smallCnn } from './trainer.models.js';

const engine = Engine.start({ threads: 1 });
afterAll(() => engine.close());

const LOSSES = [{ loss: 'mean_squared_error' }];
const layer = (class_name: string, name: string, config: object, ...from: readonly string[]): object => ({ class_name, name, config: { name, ...config }, inbound_nodes: from.length === 0 ? [] : [from.map((each) => [each, 0, 0, {}])] });
const conv = (name: string, filters: number, config: object = {}) => ['Conv2D', { name, filters, kernel_size: [3, 3], activation: 'relu', ...config }] as const;

/** A block with a way around it, one with two ways side by side, and padding, as larger networks have them. */
const branches = {
  class_name: 'Functional',
  config: {
    name: 'branches', input_layers: [['x', 0, 0]], output_layers: [['out', 0, 0]],
    layers: [
      layer('InputLayer', 'x', { batch_input_shape: [null, 9, 9, 2] }),
      layer('ZeroPadding2D', 'pad', { padding: [[1, 1], [1, 1]] }, 'x'),
      layer('Conv2D', 'a', { filters: 6, kernel_size: [3, 3] }, 'pad'),
      layer('BatchNormalization', 'norm', {}, 'a'),
      layer('Activation', 'bend', { activation: 'relu' }, 'norm'),
      layer('Conv2D', 'b', { filters: 6, kernel_size: [3, 3], padding: 'same' }, 'bend'),
      layer('Add', 'sum', {}, 'b', 'bend'),
      layer('Conv2D', 'c', { filters: 3, kernel_size: [1, 1] }, 'sum'),
      layer('AveragePooling2D', 'd', { pool_size: [3, 3], strides: [1, 1], padding: 'same' }, 'sum'),
      layer('Concatenate', 'both', { axis: -1 }, 'c', 'd'),
      layer('GlobalAveragePooling2D', 'all', {}, 'both'),
      layer('Dense', 'out', { units: 3, activation: 'softmax' }, 'all'),
    ],
  },
};

const loopsOf = (program: Program): number => decodeModel(new Uint8Array(program.bytes)).nodes.filter(({ opType }) => opType === 'Scan').length;

describe('a pass forward in groups of samples', () => {
  it.each([
    ['with normalisation and pooling', smallCnn, 1],
    ['of two pooled convolutions, one of which leaves a rest', sequence([13, 13, 1], conv('a', 8), ['MaxPooling2D', { name: 'p', pool_size: [2, 2] }], conv('b', 5), ['MaxPooling2D', { name: 'q', pool_size: [2, 2] }], ['Flatten', { name: 'f' }], ['Dense', { name: 'out', units: 3 }]), 1],
    ['with branches', branches, 1],
    ['of series', sequence([20, 2], ['Conv1D', { name: 'a', filters: 4, kernel_size: [5], activation: 'relu' }], ['MaxPooling1D', { name: 'p', pool_size: [2] }], ['Flatten', { name: 'f' }], ['Dense', { name: 'out', units: 3 }]), 1],
    ['without convolutions', sequence([20], ['Dense', { name: 'a', units: 4, activation: 'relu' }], ['Dense', { name: 'out', units: 3 }]), 0],
    ['that gives whole maps', sequence([8, 8, 1], conv('a', 4), conv('out', 1, { activation: 'sigmoid' })), 0],
  ] as const)('has the same bits for any number of samples: a network %s', async (_, topology, loops) => {
    const model = inference(topology), weights = initialWeights(model, 4), random = seededRandom(6), [input] = model.inputs, rowDims = input!.dims.slice(1).map(Number);
    const numbers = (dims: readonly number[]) => float32(Float32Array.from({ length: elementCount(dims) }, random), dims);
    const [judged, judgedInGroups] = [evaluateProgram(model, weights, LOSSES), evaluateProgram(model, weights, LOSSES, engine)];
    const [seen, seenInGroups] = [responsesProgram(model, weights), responsesProgram(model, weights, [], engine)];
    expect([loopsOf(judged.program), loopsOf(seen.program), loopsOf(judgedInGroups.program), loopsOf(seenInGroups.program)]).toEqual([0, 0, loops, loops]);
    for (const rows of [1, 3, 4, 12]) {
      const x = numbers([rows, ...rowDims]), [target] = judged.targets, truth = { [target!.name]: numbers([rows, ...target!.dims]) };
      expect(await engine.run(judgedInGroups.program, { [input!.name]: x, ...truth })).toEqual(await engine.run(judged.program, { [input!.name]: x, ...truth }));
      expect(await engine.run(seenInGroups.program, { [input!.name]: x })).toEqual(await engine.run(seen.program, { [input!.name]: x }));
    }
  });

  it('is for the processor: other backends know no Scan', () => {
    const model = inference(smallCnn), other = Engine.start({ backend: 'tensorflow' });
    expect([engine.inGroups, other.inGroups, loopsOf(responsesProgram(model, initialWeights(model, 4), [], other).program)]).toEqual([true, false, 0]);
  });
});
