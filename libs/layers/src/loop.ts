import type { ModelWriter } from './model.writer.js';
import { toDims, type Value } from './value.js';

/** A loop over the steps of series. */
export interface Loop<Scope> {
  /** Each [steps, …]; all have the same steps. */
  readonly series: readonly Value[];
  /** Loop states with their initial values. */
  readonly states: readonly Value[];
  /** Starts at the last step. */
  readonly backwards: boolean;
  /** Gives the first state after every step too. */
  readonly collect: boolean;
  /**
   * Writes one step: the states after it from its part of each series and the states before it. Tensors of
   * the graph around it may be read.
   */
  step(body: Scope, parts: readonly Value[], states: readonly Value[]): readonly Value[];
}

/** Writes a loop as one Scan, so that a graph does not grow with the length of its series. */
export function writeLoop<Scope>(
  writer: ModelWriter,
  createScope: (body: ModelWriter) => Scope,
  loop: Loop<Scope>,
): { states: Value[]; collected?: Value } {
  const series = loop.series.map((value) => writer.as('last', value));
  const steps = series[0]!.shape[0]!;
  const body = writer.body();
  const open = (hint: string, shape: readonly number[]): Value => ({
    tensor: body.loopInput(hint, ['n', ...shape]),
    shape,
    layout: 'last',
  });
  const states = loop.states.map(({ shape }) => open('state', shape));
  const after = loop.step(
    createScope(body),
    series.map(({ shape }) => open('part', shape.slice(1))),
    states,
  );
  for (const value of loop.collect ? [...after, after[0]!] : after)
    body.loopOutput(value.tensor, toDims(value));
  const stateDims = after.map(toDims);
  const shape = [steps, ...after[0]!.shape];
  const made = writer.ops(
    'Scan',
    [...loop.states, ...series].map(({ tensor }) => tensor),
    loop.collect ? [...stateDims, ['n', ...shape]] : stateDims,
    {
      body: { graph: body.loopBody() },
      num_scan_inputs: series.length,
      scan_input_axes: series.map(() => 1),
      scan_input_directions: series.map(() => (loop.backwards ? 1 : 0)),
      ...(loop.collect ? { scan_output_axes: [1] } : {}),
    },
  );
  const last = after.map((value, i): Value => ({ ...value, tensor: made[i]! }));
  return loop.collect
    ? { states: last, collected: { tensor: made.at(-1)!, shape, layout: 'last' } }
    : { states: last };
}
