import { readGraph, readInt, readInts } from '@noema/autodiff';
import { int, type } from '../eager.js';
import type { Operator } from '../operator.js';
import type { Tensor } from '../tensor.js';
import { normalizeAxis } from './axes.js';

/**
 * Runs its body step by step: states go from step to step, series are taken apart before and put together
 * behind.
 */
const scan: Operator = {
  key: 'Scan',
  run: ({ node, eager, inputs, x, body }) => {
    const graph = readGraph(node, 'body')!;
    const series = readInt(node, 'num_scan_inputs', 1);
    const states = inputs.length - series;
    const collected = node.outputs.length - states;
    const parts = Array.from({ length: series }, (_, i) => {
      const whole = x(states + i);
      const axis = normalizeAxis(readInts(node, 'scan_input_axes')?.[i] ?? 0, whole.rank);
      const steps = eager.ops(
        'Unpack',
        [whole],
        [...int('num', whole.dims[axis]!), ...int('axis', axis)],
        whole.dims[axis]!,
      );
      return readInts(node, 'scan_input_directions')?.[i] === 1 ? steps.reverse() : steps;
    });
    const made: Tensor[][] = Array.from({ length: collected }, () => []);
    let current = Array.from({ length: states }, (_, i) => x(i));
    for (let step = 0; step < parts[0]!.length; step++) {
      const outputs = body(graph, [...current, ...parts.map((steps) => steps[step]!)]);
      current = outputs.slice(0, states);
      outputs.slice(states).forEach((output, i) => made[i]!.push(output));
    }
    return [
      ...current,
      ...made.map((steps, i) => {
        const inOrder = readInts(node, 'scan_output_directions')?.[i] === 1 ? steps.toReversed() : steps;
        const first = inOrder[0]!;
        const axis = normalizeAxis(readInts(node, 'scan_output_axes')?.[i] ?? 0, first.rank + 1);
        return eager.op('Pack', inOrder, [
          ...int('N', inOrder.length),
          ...type('T', first.dataType),
          ...int('axis', axis),
        ]);
      }),
    ];
  },
};

export const loops: readonly Operator[] = [scan];
