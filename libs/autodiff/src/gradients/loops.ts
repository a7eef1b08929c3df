import { type Dim, prune } from '@noema/onnx';
import { gradientFormUnsupported } from '../gradient.errors.js';
import { type Backward, type Body, type GradientRule, findInput } from '../gradient.rule.js';
import { readScan, type Scan, withTrace } from './scan.trace.js';

/** Information that is available once the body has been differentiated. */
interface Inside {
  readonly body: Body;
  readonly floats: Scan['states'];
  /** The cotangent of each float state, as an input of the body. */
  readonly carried: readonly string[];
  readonly collected: readonly (Scan['collected'][number] & { readonly seed: string })[];
  readonly sums: readonly { readonly tensor: string; readonly sum: string }[];
  readonly parts: Scan['series'];
  /** The body's outputs: cotangents of the states, sums, gradients of the parts. */
  readonly results: readonly string[];
}

/**
 * Backpropagation through time (Werbos, 1990): a second Scan runs over the steps from the last to the first.
 * The first Scan stores the states before each step and its matrix products; the rest of a step is computed
 * again.
 */
const scan: GradientRule = {
  key: 'Scan',
  limits: 'the ranks of its states and of what its steps give must be known',
  prepare: withTrace,
  backward(at) {
    const loop = readScan(at.node);
    const inside = differentiateBody(at, loop);
    const { floats, sums, parts, results } = inside;
    const { graph, read } = backwardBody(at, loop, inside);
    const start = [
      ...floats.map(({ index }) => at.cotangent(index) ?? at.write.zerosLike(at.node.outputs[index]!)),
      ...sums.map(({ tensor }) => at.write.zerosLike(tensor)),
    ];
    const made = at.write.ops(
      'Scan',
      [...start, ...read.map(({ from }) => from)],
      {
        body: { graph },
        num_scan_inputs: read.length,
        scan_input_axes: read.map(({ axis }) => axis),
        scan_input_directions: read.map(({ direction }) => direction),
        ...(parts.length === 0
          ? {}
          : {
              scan_output_axes: parts.map(({ axis }) => axis),
              scan_output_directions: parts.map(({ direction }) => 1 - direction),
            }),
      },
      results.length,
    );
    sums.forEach(({ tensor }, i) => {
      at.arrive(tensor, made[floats.length + i]!);
    });
    const gradients = new Map(
      [...floats, ...sums.map(() => ({ index: -1 })), ...parts].map(({ index }, i) => [index, made[i]!]),
    );
    return at.node.inputs.map((_, i) => gradients.get(i));
  },
};

function differentiateBody(
  at: Backward,
  { body: forward, states, series, collected: all, captures }: Scan,
): Inside {
  const body = at.body(forward);
  const open = (hint: string, tensor: string): string =>
    body.builder.input(body.builder.fresh(hint), dimsIn(at, body, tensor), body.write.getType(tensor));
  const floats = states.filter(({ before: { dataType } }) => dataType.startsWith('float'));
  const carried = floats.map(({ before }) => open('cotangent', before.name));
  const collected = all.flatMap((output) =>
    at.cotangent(output.index) === undefined ? [] : [{ ...output, seed: open('arriving', output.tensor) }],
  );
  const wanted = series.filter(({ index }) => at.wants(index));
  const captured = captures.filter((tensor) => at.depends(tensor));
  const gradientByTensor = body.differentiate(
    [...floats.map(({ after }, i) => ({ tensor: after, seed: carried[i]! })), ...collected],
    [...floats.map(({ before }) => before.name), ...wanted.map(({ part }) => part.name), ...captured],
  );
  const sums = captured
    .filter((tensor) => gradientByTensor.has(tensor))
    .map((tensor) => ({ tensor, sum: open('sum', tensor) }));
  const parts = wanted.filter(({ part }) => gradientByTensor.has(part.name));
  const results = [
    ...floats.map(({ before }) => gradientByTensor.get(before.name) ?? body.write.zerosLike(before.name)),
    ...sums.map(({ tensor, sum }) => body.write.op('Add', [sum, gradientByTensor.get(tensor)!])),
    ...parts.map(({ part }) => gradientByTensor.get(part.name)!),
  ];
  // Each output needs a distinct name, even if two are the same tensor or an input.
  const named = results.map((tensor) =>
    body.builder.op('Identity', [tensor], {}, body.builder.fresh('Identity')),
  );
  return { body, floats, carried, collected, sums, parts, results: named };
}

/**
 * Returns the body of the backward loop, and its per-step inputs: the trace, the series, and the cotangents
 * of the per-step outputs.
 */
function backwardBody(
  at: Backward,
  { series, trace, states }: Scan,
  { body, carried, collected, sums, results }: Inside,
) {
  const known = trace.filter(
    ({ tensor }) =>
      body.write.findDims(tensor) !== undefined || states.some(({ before }) => before.name === tensor),
  );
  const kept = new Set(known.map(({ tensor }) => tensor));
  const whole = body.builder.build();
  const inputs = [
    ...whole.inputs,
    ...known
      .filter(({ tensor }) => !whole.inputs.some(({ name }) => name === tensor))
      .map(({ tensor: name }) => ({
        name,
        dataType: body.write.getType(name),
        dims: body.write.findDims(name)!,
      })),
  ];
  const graph = prune({
    ...whole,
    inputs,
    nodes: whole.nodes.filter(({ outputs }) => !kept.has(outputs[0]!)),
    outputs: results.map((name) => ({ name, dataType: body.write.getType(name) })),
  });
  const needed = new Set(graph.inputs.map(({ name }) => name));
  const read = [
    ...known.map(({ tensor, output }) => ({ name: tensor, from: output, axis: 0, direction: 1 })),
    ...series.map(({ part, index, axis, direction }) => ({
      name: part.name,
      from: findInput(at.node, index),
      axis,
      direction: 1 - direction,
    })),
    ...collected.map(({ seed, index, axis, direction }) => ({
      name: seed,
      from: at.cotangent(index)!,
      axis,
      direction: 1 - direction,
    })),
  ].filter(({ name }) => needed.has(name));
  if (read.length === 0) throw gradientFormUnsupported(at.node, 'steps that read nothing');
  const order = [...carried, ...sums.map(({ sum }) => sum), ...read.map(({ name }) => name)];
  return {
    graph: { ...graph, inputs: order.map((name) => inputs.find((input) => input.name === name)!) },
    read,
  };
}

function dimsIn(at: Backward, { write }: Body, tensor: string): readonly Dim[] {
  const dims = write.findDims(tensor);
  if (dims === undefined)
    throw gradientFormUnsupported(at.node, `a tensor "${tensor}" of unknown rank in its body`);
  return dims;
}

export const loops: readonly GradientRule[] = [scan];
