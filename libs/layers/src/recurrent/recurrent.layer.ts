import type { LayerConfig } from '../layer.config.js';
import type { Layer } from '../layer.kind.js';
import type { LayerScope } from '../layer.scope.js';
import { shapeText, type Value } from '../value.js';
import type { Cell, OpenCell } from './cell.js';

/** How a recurrent layer iterates over its series. */
interface Course {
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly backwards: boolean;
}

/**
 * A layer that runs a cell over the steps of a series [steps, width]. Further inputs are the initial states.
 * A masked step does not change the states.
 */
export function recurrentLayer(config: LayerConfig, cell: Cell): Layer {
  if (config.flag('stateful', false))
    throw config.fail(
      'is stateful, which would carry states from batch to batch; give first states as inputs instead',
    );
  const course = {
    returnSequences: config.flag('return_sequences', false),
    returnState: config.flag('return_state', false),
    backwards: config.flag('go_backwards', false),
  };
  return {
    role: 'learned',
    masking: 'own',
    activation: cell.activation,
    call: (scope, inputs) => run(scope, inputs, cell, course),
  };
}

function run(
  scope: LayerScope,
  [input, ...initial]: readonly Value[],
  cell: Cell,
  { returnSequences, returnState, backwards }: Course,
): Value[] {
  const series = scope.last(scope.one(input === undefined ? [] : [input], 2));
  const open = cell.open(scope, series.shape[1]!);
  const x = open.project(scope, dropped(scope, series, cell.dropout));
  const keep: Value[] =
    series.keep === undefined ? [] : [{ tensor: series.keep, shape: [series.shape[0]!, 1], layout: 'last' }];
  const thin = recurrentMask(scope, cell);
  const { states, collected } = scope.loop({
    series: [x, ...keep],
    states: firstStates(scope, series, initial, cell),
    backwards,
    collect: returnSequences,
    step: (body, [part, kept], before) => advance(body, { cell: open, part: part!, kept, before, thin }),
  });
  const output =
    collected === undefined
      ? states[0]!
      : { ...collected, ...(series.keep === undefined || backwards ? {} : { keep: series.keep }) };
  return returnState ? [output, ...states] : [output];
}

interface Step {
  readonly cell: OpenCell;
  readonly part: Value;
  readonly kept: Value | undefined;
  readonly before: readonly Value[];
  readonly thin: string | undefined;
}

/** One step; kept · new + (1 − kept) · old if the series is masked. */
function advance(body: LayerScope, { cell, part, kept, before, thin }: Step): Value[] {
  const [h, ...others] = before as [Value, ...Value[]];
  const seen = thin === undefined ? h : { ...h, tensor: body.like(h, 'Mul', [h.tensor, thin]) };
  const after = cell.step(body, part, [seen, ...others]);
  if (kept === undefined) return after;
  return after.map((value, i) => {
    const change = body.like(value, 'Mul', [
      body.like(value, 'Sub', [value.tensor, before[i]!.tensor]),
      kept.tensor,
    ]);
    return { ...value, tensor: body.like(value, 'Add', [before[i]!.tensor, change]) };
  });
}

function firstStates(
  scope: LayerScope,
  series: Value,
  initial: readonly Value[],
  { stateSizes }: Cell,
): Value[] {
  if (initial.length === 0) return stateSizes.map((size) => scope.zeros(series, [size]));
  if (initial.length !== stateSizes.length)
    throw scope.fail(
      `has ${stateSizes.length} ${stateSizes.length === 1 ? 'state' : 'states'} and takes as many first ` +
        `states or none; ${initial.length} are connected`,
    );
  const wrong = initial.findIndex(({ shape }, i) => shape.join() !== String(stateSizes[i]));
  if (wrong >= 0)
    throw scope.fail(
      `takes first states of [${stateSizes.join('] and [')}]; number ${wrong} is ` +
        `${shapeText(initial[wrong]!.shape)}`,
    );
  return [...initial];
}

/** Inputs with units set to zero in training, the same ones at every step (Gal & Ghahramani, 2016). */
function dropped(scope: LayerScope, x: Value, rate: number): Value {
  if (!scope.isTraining || rate === 0) return x;
  return { ...x, tensor: scope.like(x, 'Mul', [x.tensor, scope.mask(['n', 1, x.shape[1]!], rate)]) };
}

const recurrentMask = (
  scope: LayerScope,
  { stateSizes, recurrentDropout: rate }: Cell,
): string | undefined => (scope.isTraining && rate > 0 ? scope.mask(['n', stateSizes[0]!], rate) : undefined);
