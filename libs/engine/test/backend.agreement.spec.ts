import { gradients } from '@noema/autodiff';
import { type GradientCase, gradientCases } from '@noema/autodiff/testing';
import { type CompiledModel, compileLayers } from '@noema/layers';
import { type LayerCase, layerCases } from '@noema/layers/testing';
import { decodeModel, type Graph, GraphBuilder, prune, type TensorData } from '@noema/onnx';
import { describe, expect, it } from 'vitest';
import {
  evaluateProgram,
  gradientsProgram,
  initialWeights,
  type Program,
  responsesProgram,
  type Tensors,
  trainStepProgram,
} from '../src/index.js';
import { apart, type Draw, drawing, outputsOn } from './backend.agreement.js';
import { otherBackends } from './machine.backends.js';
import { inference, sequence, training } from './trainer.models.js';

const ROWS = 4;
const losses = [{ loss: 'categorical_crossentropy' }];

/** The network of the walk. */
const walk = sequence(
  [28, 28, 1],
  ['Conv2D', { name: 'conv1', filters: 32, kernel_size: [3, 3], activation: 'relu' }],
  ['Conv2D', { name: 'conv2', filters: 64, kernel_size: [3, 3], activation: 'relu' }],
  ['MaxPooling2D', { name: 'pool', pool_size: [2, 2] }],
  ['Dropout', { name: 'drop1', rate: 0.4 }],
  ['Flatten', { name: 'flat' }],
  ['Dense', { name: 'dense', units: 128, activation: 'relu' }],
  ['Dropout', { name: 'drop2', rate: 0.3 }],
  ['Dense', { name: 'out', units: 10, activation: 'softmax' }],
);

const decodeGraph = ({ bytes }: Program): Graph => decodeModel(new Uint8Array(bytes).slice());

function programsOfWalk(): [string, Graph, CompiledModel][] {
  const [model, trained] = [inference(walk), training(walk)];
  const weights = initialWeights(model, 5);
  return [
    ['responses', decodeGraph(responsesProgram(model, weights, losses).program), model],
    ['evaluate', decodeGraph(evaluateProgram(model, weights, losses).program), model],
    [
      'gradients of scores',
      decodeGraph(
        gradientsProgram(model, weights, { of: 'scores', layers: ['conv1', 'conv2', 'dense'], inputs: true })
          .program,
      ),
      model,
    ],
    [
      'gradients of the loss',
      decodeGraph(
        gradientsProgram(model, weights, { of: 'loss', losses, layers: ['conv2'], inputs: true }).program,
      ),
      model,
    ],
    ['train step', decodeGraph(trainStepProgram(trained, losses).program), trained],
  ];
}

/** Random data; parameters as they start, targets one-hot, masks that keep all. */
function drawFeeds({ inputs }: Graph, model: CompiledModel, draw: Draw): Tensors {
  const weights = initialWeights(model, 7);
  const parameters = new Map(model.parameters.map((parameter) => [parameter.name, parameter]));
  return Object.fromEntries(
    inputs.map(({ name, dims }): [string, TensorData] => {
      const drawn = draw(dims, ROWS);
      const parameter = parameters.get(name);
      if (parameter !== undefined) return [name, { ...drawn, data: parameter.toGraph(weights.get(name)!) }];
      if (name.startsWith('target:'))
        return [
          name,
          {
            ...drawn,
            data: (drawn.data as Float32Array).map((_, i) => (i % 10 === Math.floor(i / 10) ? 1 : 0)),
          },
        ];
      return [
        name,
        model.masks.some((mask) => mask.name === name) || name === 'scale'
          ? { ...drawn, data: (drawn.data as Float32Array).fill(0.25) }
          : drawn,
      ];
    }),
  );
}

/** A layer kind's model with the gradients of its outputs by all that they depend on. */
function differentiated(
  { inputs, parameters, outputs, graph: forward, shapes }: CompiledModel,
  below: number | undefined,
): Graph {
  const builder = new GraphBuilder(forward);
  const ofs = outputs.map(({ tensor, dims }, i) => ({ tensor, seed: builder.input(`seed_${i}`, dims) }));
  const wrt = [
    ...(below === undefined ? inputs.map(({ name }) => name) : []),
    ...parameters.filter(({ trainable }) => trainable).map(({ name }) => name),
  ];
  const { graph, gradientByTensor } = gradients(builder.build(), { ofs, wrt, shapes });
  return prune(graph, [...new Set([...outputs.map(({ tensor }) => tensor), ...gradientByTensor.values()])]);
}

function drawnFor({ inputs }: Graph, compiled: CompiledModel, { below }: LayerCase): Tensors {
  const draw = drawing(11);
  const data = new Set(compiled.inputs.map(({ name }) => name));
  return Object.fromEntries(
    inputs.map(({ name, dims }) => {
      const drawn = draw(dims, ROWS);
      const values = drawn.data as Float32Array;
      if (data.has(name) && below !== undefined)
        return [name, { ...drawn, data: values.map((u) => Math.floor(((u + 1) / 2) * below)) }];
      return [
        name,
        name.includes('variance') ? { ...drawn, data: values.map((u) => Math.abs(u) + 0.3) } : drawn,
      ];
    }),
  );
}

/** The graph of an operator's float32 outputs and its gradient. */
async function operatorGraph(
  { inputs, write, avoid }: GradientCase,
  draw: Draw,
): Promise<{ graph: Graph; feeds: Tensors }> {
  const builder = new GraphBuilder();
  const feeds = new Map(
    Object.entries(inputs).map(([name, spec]): [string, TensorData] => {
      const { dims, low = -1, high = 1 } = 'dims' in spec ? spec : { dims: spec };
      const drawn = draw(dims, ROWS);
      builder.input(name, dims);
      return [
        name,
        { ...drawn, data: (drawn.data as Float32Array).map((u) => low + ((high - low) * (u + 1)) / 2) },
      ];
    }),
  );
  const ys = [write(builder)].flat();
  const forward = await outputsOn('cpu', prune(builder.build(), ys), Object.fromEntries(feeds));
  const ofs = ys.map((tensor, i) => {
    const seed = draw(forward[tensor]!.dims, ROWS);
    feeds.set(`seed${i}`, seed);
    return { tensor, seed: builder.input(`seed${i}`, seed.dims) };
  });
  const { graph, gradientByTensor } = gradients(builder.build(), {
    ofs,
    wrt: Object.keys(inputs),
    ...(avoid === undefined ? {} : { avoid }),
  });
  return {
    graph: prune(graph, [...new Set([...ys, ...gradientByTensor.values()])]),
    feeds: Object.fromEntries(feeds),
  };
}

/** Cases with a form of an operator that TensorFlow's backends refuse by name. */
const LACKING = /^Resize .*(cubic|antialias)|^Pad wrap/;

describe.each(otherBackends)('on $key, compared with ONNX Runtime on the processor,', ({ key, missing }) => {
  it.skipIf(missing !== undefined).each(programsOfWalk())(
    'the %s of the walk are the same',
    async (_, graph, model) => {
      const feeds = drawFeeds(graph, model, drawing(3));
      expect(apart(await outputsOn(key, graph, feeds), await outputsOn('cpu', graph, feeds))).toEqual([]);
    },
  );

  it.skipIf(missing !== undefined).each(layerCases)(
    '$name and its gradients are the same',
    async (layerCase) => {
      const compiled = compileLayers(layerCase.build().toJSON(), { mode: 'inference' });
      const graph = differentiated(compiled, layerCase.below);
      const feeds = drawnFor(graph, compiled, layerCase);
      expect(apart(await outputsOn(key, graph, feeds), await outputsOn('cpu', graph, feeds))).toEqual([]);
    },
  );

  it.skipIf(missing !== undefined).each(gradientCases)(
    'the operators of "$name" and their gradients are the same',
    async (gradientCase) => {
      const { graph, feeds } = await operatorGraph(gradientCase, drawing(17));
      const expected = await outputsOn('cpu', graph, feeds);
      if (key.startsWith('tensorflow') && LACKING.test(gradientCase.name))
        await expect(outputsOn(key, graph, feeds)).rejects.toMatchObject({ reason: 'PROGRAM_INVALID' });
      else expect(apart(await outputsOn(key, graph, feeds), expected)).toEqual([]);
    },
  );
});
