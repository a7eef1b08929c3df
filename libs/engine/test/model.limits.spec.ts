import { compileLayers } from '@noema/layers';
import { GraphBuilder } from '@noema/onnx';
import { expect, it } from 'vitest';
import { modelLimits } from '../src/index.js';
import { smallCnn } from './trainer.models.js';

const compiled = (topology: unknown) => ({
  inference: compileLayers(topology, { mode: 'inference' }),
  training: compileLayers(topology, { mode: 'training' }),
});

it('finds no limits of a network of layers', () => {
  expect(modelLimits(compiled(smallCnn))).toEqual([]);
});

it('names the operator without a gradient, for heat maps and for training', () => {
  const { inference, training } = compiled(smallCnn);
  const cut = (model: typeof inference): typeof inference => {
    const builder = new GraphBuilder(model.graph);
    const [output] = model.outputs;
    const tensor = builder.op('CumProd', [output!.tensor]);
    return {
      ...model,
      graph: builder.build(),
      outputs: [{ name: output!.name, dims: output!.dims, tensor }],
    };
  };
  const limits = modelLimits({ inference: cut(inference), training: cut(training) });
  expect(
    limits.map(({ capability, error }) => [capability, error.reason, error.metadata['operator']]),
  ).toEqual([
    ['heat maps by gradients', 'GRADIENT_UNSUPPORTED', 'CumProd'],
    ['training', 'GRADIENT_UNSUPPORTED', 'CumProd'],
  ]);
});

it('names a setting that training does not apply', () => {
  const regularized = JSON.parse(JSON.stringify(smallCnn)) as {
    config: { layers: { class_name: string; config: Record<string, unknown> }[] };
  };
  const dense = regularized.config.layers.find(({ class_name: kind }) => kind === 'Dense')!;
  dense.config['kernel_regularizer'] = { class_name: 'L2', config: { l2: 0.1 } };
  const limits = modelLimits(compiled(regularized));
  expect(limits.map(({ capability, error }) => [capability, error.reason])).toEqual([
    ['training', 'TRAINING_SETTING_UNSUPPORTED'],
  ]);
});

it('reports that a model without trained weights cannot be trained', () => {
  const { inference, training } = compiled(smallCnn);
  const parameters = training.parameters.map((parameter) => ({ ...parameter, trainable: false }));
  expect(
    modelLimits({ inference, training: { ...training, parameters } }).map(({ error }) => error.reason),
  ).toEqual(['NOTHING_TRAINABLE']);
});
