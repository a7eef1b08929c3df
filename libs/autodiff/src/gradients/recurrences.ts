import { type GraphBuilder, int64, type Node } from '@noema/onnx';
import { gradientFormUnsupported } from '../gradient.errors.js';
import type { GradientRule } from '../gradient.rule.js';
import { readInt } from '../node.attributes.js';
import { readActivations, type Nonlinearity } from './recurrence.activations.js';

/** One direction of a recurrent operator: the parts of its weights, as tensors. */
interface Weights {
  readonly recurrent: string;
  /** Bias of the recurrent part alone, where a kind needs it apart. */
  readonly recurrentBias: string | undefined;
  readonly hidden: number;
}

/** How a kind steps: the states after a step from x W (with biases), and the states before. */
interface Recurrence {
  readonly gates: number;
  readonly states: number;
  readonly activations: readonly string[];
  /** The recurrent bias is added inside the step. */
  readonly biasInside?: (node: Node) => boolean;
  readonly step: (
    b: GraphBuilder,
    x: string,
    states: readonly string[],
    at: Weights & { readonly f: readonly Nonlinearity[]; readonly node: Node },
  ) => string[];
}

const split = (b: GraphBuilder, x: string, count: number, hidden: number): string[] =>
  b.ops('Split', [x, b.constant(Array<number>(count).fill(hidden))], { axis: -1 }, count);
const add = (b: GraphBuilder, x: string, y: string): string => b.op('Add', [x, y]);
const mul = (b: GraphBuilder, x: string, y: string): string => b.op('Mul', [x, y]);

const lstm: Recurrence = {
  gates: 4,
  states: 2,
  activations: ['Sigmoid', 'Tanh', 'Tanh'],
  step(b, x, [h, c], { recurrent, hidden, f: [f, g, out] }) {
    const [i, o, forget, candidate] = split(b, add(b, x, b.op('MatMul', [h!, recurrent])), 4, hidden);
    const cell = add(b, mul(b, f!(b, forget!), c!), mul(b, f!(b, i!), g!(b, candidate!)));
    return [mul(b, f!(b, o!), out!(b, cell)), cell];
  },
};

const rnn: Recurrence = {
  gates: 1,
  states: 1,
  activations: ['Tanh'],
  step: (b, x, [h], { recurrent, f: [f] }) => [f!(b, add(b, x, b.op('MatMul', [h!, recurrent])))],
};

const resetsAfter = (node: Node): boolean => readInt(node, 'linear_before_reset', 0) === 1;

const gru: Recurrence = {
  gates: 3,
  states: 1,
  activations: ['Sigmoid', 'Tanh'],
  biasInside: resetsAfter,
  step(b, x, [h], { recurrent, recurrentBias, hidden, f: [f, g], node }) {
    const [xz, xr, xh] = split(b, x, 3, hidden) as [string, string, string];
    const gate = (own: string, other: string): string => f!(b, add(b, own, other));
    let [z, candidate]: string[] = [];
    if (resetsAfter(node)) {
      const product = b.op('MatMul', [h!, recurrent]);
      const [hz, hr, hh] = split(
        b,
        recurrentBias === undefined ? product : add(b, product, recurrentBias),
        3,
        hidden,
      ) as [string, string, string];
      z = gate(xz, hz);
      candidate = g!(b, add(b, xh, mul(b, gate(xr, hr), hh)));
    } else {
      const [zr, last] = b.ops('Split', [recurrent, b.constant([2 * hidden, hidden])], { axis: 1 }, 2) as [
        string,
        string,
      ];
      const [hz, hr] = split(b, b.op('MatMul', [h!, zr]), 2, hidden) as [string, string];
      z = gate(xz, hz);
      candidate = g!(b, add(b, xh, b.op('MatMul', [mul(b, gate(xr, hr), h!), last])));
    }
    // (1 − z) h′ + z h
    return [add(b, candidate, mul(b, z, b.op('Sub', [h!, candidate])))];
  },
};

/**
 * Writes the operator as one Scan for each direction, which has a gradient. X is [steps, n, width], W
 * [directions, gates · hidden, width], R, B and first states as ONNX has them.
 */
function unroll(
  node: Node,
  b: GraphBuilder,
  { gates, states, activations, biasInside, step }: Recurrence,
): void {
  const hidden = readInt(node, 'hidden_size', 0);
  const refused = ['clip', 'input_forget', 'layout'].find(
    (name) => name in node.attributes && node.attributes[name] !== 0,
  );
  const input = (i: number): string | undefined => (node.inputs[i] === '' ? undefined : node.inputs[i]);
  if (refused !== undefined || hidden === 0) throw gradientFormUnsupported(node, refused ?? 'no hidden_size');
  if (input(4) !== undefined)
    throw gradientFormUnsupported(node, 'sequence_lens; export the model with series of one length');
  if (input(7) !== undefined) throw gradientFormUnsupported(node, 'peepholes');
  const direction = node.attributes['direction'] ?? 'forward';
  const backwards = direction === 'bidirectional' ? [0, 1] : [direction === 'reverse' ? 1 : 0];
  const one = (tensor: string, d: number): string =>
    b.op('Gather', [tensor, b.constant(int64([d], []))], { axis: 0 });
  const x = input(0)!;
  const samples = b.op('Shape', [x], { start: 1, end: 2 });
  const first = (i: number, d: number): string =>
    input(5 + i) === undefined
      ? b.op('Expand', [b.constant(0), b.op('Concat', [samples, b.constant([hidden])], { axis: 0 })])
      : one(input(5 + i)!, d);
  const apart = biasInside?.(node) === true;
  const results = backwards.map((backward, d) => {
    const biases =
      input(3) === undefined
        ? undefined
        : b.ops('Split', [one(input(3)!, d), b.constant([gates * hidden, gates * hidden])], { axis: 0 }, 2);
    const product = b.op('MatMul', [x, b.op('Transpose', [one(input(1)!, d)], { perm: [1, 0] })]);
    const bias = biases === undefined ? undefined : apart ? biases[0]! : b.op('Add', biases);
    const weights: Weights = {
      recurrent: b.op('Transpose', [one(input(2)!, d)], { perm: [1, 0] }),
      recurrentBias: apart ? biases?.[1] : undefined,
      hidden,
    };
    const body = b.body();
    const before = Array.from({ length: states }, () => body.input(body.fresh('state'), ['n', hidden]));
    const part = body.input(body.fresh('part'), ['n', gates * hidden]);
    const f = readActivations(node, activations, d);
    const after = step(body, part, before, { ...weights, f, node });
    for (const tensor of [...after, after[0]!])
      body.output(body.op('Identity', [tensor], {}, body.fresh('Identity')), ['n', hidden]);
    return b.ops(
      'Scan',
      [...before.map((_, i) => first(i, d)), bias === undefined ? product : add(b, product, bias)],
      {
        body: { graph: body.build() },
        num_scan_inputs: 1,
        scan_input_directions: [backward],
        scan_output_directions: [backward],
      },
      states + 1,
    );
  });
  const gather = (
    pick: (made: readonly string[]) => string,
    axis: number,
    output: string | undefined,
  ): void => {
    if (output === undefined || output === '') return;
    const parts = results.map((made) => b.op('Unsqueeze', [pick(made), b.constant([axis])]));
    b.op('Concat', parts, { axis }, output);
  };
  gather((made) => made.at(-1)!, 1, node.outputs[0]);
  for (let i = 0; i < states; i++) gather((made) => made[i]!, 0, node.outputs[1 + i]);
}

const recurrence = (key: string, kind: Recurrence): GradientRule => ({
  key,
  limits: 'not with `sequence_lens`, peepholes, `clip`, `input_forget` or `layout` 1',
  rewrite: (node, builder) => {
    unroll(node, builder, kind);
  },
  backward() {
    throw new Error(`${key} is rewritten before it is differentiated`);
  },
});

export const recurrences: readonly GradientRule[] = [
  recurrence('LSTM', lstm),
  recurrence('GRU', gru),
  recurrence('RNN', rnn),
];
