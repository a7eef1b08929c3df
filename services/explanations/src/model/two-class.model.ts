import { type FeatureMap, featureMap } from '@noema/saliency';
import type { ModelSource } from '../analysis/analysis.js';
import type {
  ClassQuery,
  GradientQuery,
  InputQuery,
  OpenModel,
  RowGradients,
  SampleTensors,
} from './model.ports.js';

/**
 * True for a model whose one output is the probability of the second of two classes; in runs from before
 * tasks were recorded, the loss decides.
 */
export const tellsTwoClasses = (width: number, { task, loss }: Pick<ModelSource, 'task' | 'loss'>): boolean =>
  width === 1 && (task === undefined ? /^binary_?crossentropy$/i.test(loss?.name ?? '') : task === 'binary');

/**
 * A model with one output p for two classes, seen as one with two: probabilities 1 − p and p, scores −z and
 * z, whose gradients differ by their sign.
 */
export class TwoClassModel implements OpenModel {
  readonly width = 2;
  readonly layers: OpenModel['layers'];
  readonly blocks: OpenModel['blocks'];
  readonly input: OpenModel['input'];
  readonly readTensors: OpenModel['readTensors'];
  readonly lossGradients: OpenModel['lossGradients'];
  readonly activations: OpenModel['activations'];
  readonly responses: OpenModel['responses'];

  constructor(private readonly model: OpenModel) {
    this.layers = model.layers;
    this.blocks = model.blocks;
    this.input = model.input;
    this.readTensors = model.readTensors.bind(model);
    this.lossGradients = model.lossGradients.bind(model);
    this.activations = model.activations.bind(model);
    this.responses = model.responses.bind(model);
  }

  async predict(sample: SampleTensors, rows: Float32Array, signal: AbortSignal): Promise<Float32Array> {
    return pairs(await this.model.predict(sample, rows, signal), (p) => 1 - p);
  }

  async score(sample: SampleTensors, rows: Float32Array, signal: AbortSignal): Promise<Float32Array> {
    return pairs(await this.model.score(sample, rows, signal), (z) => -z);
  }

  async scoreGradients(
    sample: SampleTensors,
    question: GradientQuery & { readonly classes: readonly number[] },
  ): Promise<RowGradients[]> {
    const found = await this.model.scoreGradients(sample, {
      ...question,
      classes: question.classes.map(() => 0),
    });
    return found.map((row, i) => (question.classes[i] === 1 ? row : against(row)));
  }

  async classGradients(sample: SampleTensors, question: ClassQuery): ReturnType<OpenModel['classGradients']> {
    const { activation, gradients } = await this.model.classGradients(sample, {
      ...question,
      classes: question.classes.map(() => 0),
    });
    return {
      activation,
      gradients: gradients.map((map, i) =>
        question.classes[i] === 1 ? map : featureMap(negated(map.data), map, map.order),
      ),
    };
  }

  async gradientsAt(sample: SampleTensors, question: InputQuery): ReturnType<OpenModel['gradientsAt']> {
    const { scores, gradients } = await this.model.gradientsAt(sample, {
      ...question,
      classes: question.classes.map(() => 0),
    });
    return {
      scores: pairs(scores, (z) => -z),
      gradients: gradients.map((values, i) => (question.classes[i] === 1 ? values : negated(values))),
    };
  }
}

function pairs(values: Float32Array, other: (value: number) => number): Float32Array {
  return Float32Array.from({ length: values.length * 2 }, (_, i) =>
    i % 2 === 1 ? values[i >> 1]! : other(values[i >> 1]!),
  );
}

const negated = (values: Float32Array): Float32Array => values.map((value) => -value);

function against({ activations, gradients, input }: RowGradients): RowGradients {
  const turned = [...gradients].map(([name, map]): [string, FeatureMap] => [
    name,
    featureMap(negated(map.data), map, map.order),
  ]);
  return { activations, gradients: new Map(turned), input: negated(input) };
}
