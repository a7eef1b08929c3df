import type { Graph } from '@noema/onnx';
import { optionInvalid } from '../import.errors.js';

/** The graph with the given sizes of its inputs, and an open batch. */
export function withInputShapes(graph: Graph, shapes: Readonly<Record<string, readonly number[]>>): Graph {
  const names = graph.inputs.map(({ name }) => name);
  const unknown = Object.keys(shapes).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw optionInvalid('input_shapes', `the model has no input "${unknown}"; it has ${names.join(', ')}`);
  return {
    ...graph,
    inputs: graph.inputs.map((input) => {
      const sizes = shapes[input.name];
      if (sizes === undefined) return input;
      const [, ...own] = input.dims;
      const isFit =
        sizes.length === own.length &&
        sizes.every((size, i) => typeof own[i] !== 'number' || own[i] === size || own[i] < 1);
      if (!isFit)
        throw optionInvalid(
          'input_shapes',
          `input "${input.name}" is [${input.dims.join(', ')}], and [${sizes.join(', ')}] is given for one ` +
            'sample; give one size for each axis but the first, and fixed ones unchanged',
        );
      return { ...input, dims: ['n', ...sizes] };
    }),
  };
}
