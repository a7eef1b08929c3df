import type { CompiledModel } from '@noema/layers';
import { elementCount } from '@noema/onnx';
import type { SampleTensors } from '../model/model.ports.js';
import { GraphWithShapes } from './graph-with-shapes.js';

/** A model that gives a class for every position, seen as one that scores classes. */
export interface AreaScores {
  /**
   * Its first output is [n, classes]: the mean probability of a class over its area; the logits are the mean
   * logit there.
   */
  readonly model: CompiledModel;
  /** Name of its input [positions, classes] with 1 where a position belongs to the area of a class. */
  readonly input: string;
  /**
   * The areas of one sample's output: the positions where each class is predicted, all positions for a class
   * that is predicted nowhere; and how many those are.
   */
  toAreas(output: Float32Array): {
    readonly area: SampleTensors['inputs'] extends ReadonlyMap<string, infer Tensor> ? Tensor : never;
    readonly counts: readonly number[];
  };
}

/**
 * Appends the scores to the graph. A mask with one channel distinguishes background and foreground, whose
 * logits differ by their sign.
 */
export function areaScores(model: CompiledModel): AreaScores {
  const [output] = model.outputs;
  const dims = output!.dims.slice(1).map(Number);
  const channels = dims.length < 3 && output!.nonLinearity !== 'softmax' ? 1 : dims.at(-1)!;
  const positions = elementCount(dims) / channels;
  const isMask = channels === 1;
  const classes = isMask ? 2 : channels;
  const appended = new GraphWithShapes(model);
  const { builder, shapes } = appended;
  const write = appended.write.bind(appended);
  const input = builder.input(builder.fresh('area'), ['n', positions, classes]);
  shapes.set(input, ['n', positions, classes]);
  const area = write(
    'Max',
    [
      write('ReduceSum', [input, builder.constant([1])], ['n', classes], { keepdims: 0 }),
      builder.constant(1),
    ],
    ['n', classes],
  );
  const writeMean = (tensor: string, other: (x: string) => string): string => {
    const flat = write(
      'Reshape',
      [tensor, builder.constant([-1, positions, channels])],
      ['n', positions, channels],
    );
    const both = isMask ? write('Concat', [other(flat), flat], ['n', positions, 2], { axis: 2 }) : flat;
    const inside = write('Mul', [both, input], ['n', positions, classes]);
    return write(
      'Div',
      [write('ReduceSum', [inside, builder.constant([1])], ['n', classes], { keepdims: 0 }), area],
      ['n', classes],
    );
  };
  const probability = writeMean(output!.tensor, (p) =>
    write('Sub', [builder.constant(1), p], ['n', positions, 1]),
  );
  const logits =
    output!.logits === undefined
      ? probability
      : writeMean(output!.logits, (z) => write('Neg', [z], ['n', positions, 1]));
  return {
    input,
    model: {
      ...model,
      graph: builder.build(),
      shapes,
      inputs: [...model.inputs, { name: input, dims: ['n', positions, classes] }],
      outputs: [{ name: output!.name, tensor: probability, dims: ['n', classes], logits }],
    },
    toAreas(values) {
      const counts = new Array<number>(classes).fill(0);
      const data = new Float32Array(positions * classes);
      for (let position = 0; position < positions; position++) {
        const at = isMask ? Number(values[position]! > 0.5) : largest(values, position, channels);
        data[position * classes + at] = 1;
        counts[at]!++;
      }
      counts.forEach((count, c) => {
        if (count === 0)
          for (let position = 0; position < positions; position++) data[position * classes + c] = 1;
      });
      return { area: { data, dims: [positions, classes] }, counts };
    },
  };
}

function largest(values: Float32Array, position: number, channels: number): number {
  let best = 0;
  for (let c = 1; c < channels; c++)
    if (values[position * channels + c]! > values[position * channels + best]!) best = c;
  return best;
}
