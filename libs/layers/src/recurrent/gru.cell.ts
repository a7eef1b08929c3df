import type { LayerConfig } from '../layer.config.js';
import type { LayerScope } from '../layer.scope.js';
import type { Value } from '../value.js';
import { affine } from '../affine.js';
import {
  type Cell,
  createCell,
  type CellParameters,
  cellSettings,
  combine,
  splitGates,
  through,
} from './cell.js';

/**
 * Gated recurrent unit (Cho et al., 2014), gates in the order update, reset, candidate; `reset_after` is the
 * form of cuDNN, with two biases.
 */
export function gruCell(config: LayerConfig): Cell {
  const settings = cellSettings(config);
  const { units, activation } = settings;
  const recurrentActivation = config.activation('sigmoid', 'recurrent_activation');
  const resetAfter = config.flag('reset_after', true);
  return createCell({
    settings,
    gates: 3,
    stateCount: 1,
    ...(resetAfter ? { biasDims: [2, 3 * units] } : {}),
    project: (scope, x, { kernel, bias }) =>
      affine(scope, x, kernel, 3 * units, resetAfter ? biasRow(scope, bias, 0, units) : bias),
    step(scope, x, [h], parameters) {
      const gate = (a: Value, b: Value): Value =>
        through(scope, recurrentActivation, combine(scope, 'Add', a, b));
      const [xz, xr, xh] = splitGates(scope, x, 3) as [Value, Value, Value];
      const [hz, hr, candidate] = resetAfter
        ? after(scope, h!, parameters, units)
        : before(scope, h!, parameters, units);
      const z = gate(xz, hz);
      const fresh = through(scope, activation, combine(scope, 'Add', xh, candidate(gate(xr, hr))));
      // z h + (1 − z) h′
      return [combine(scope, 'Add', fresh, combine(scope, 'Mul', z, combine(scope, 'Sub', h!, fresh)))];
    },
  });
}

type Parts = [update: Value, reset: Value, candidate: (reset: Value) => Value];

function after(scope: LayerScope, h: Value, { recurrent, bias }: CellParameters, units: number): Parts {
  const [z, r, c] = splitGates(
    scope,
    affine(scope, h, recurrent, 3 * units, biasRow(scope, bias, 1, units)),
    3,
  ) as [Value, Value, Value];
  return [z, r, (reset) => combine(scope, 'Mul', reset, c)];
}

function before(scope: LayerScope, h: Value, { recurrent }: CellParameters, units: number): Parts {
  const [gates, candidate] = scope.ops(
    'Split',
    [recurrent, scope.constant([2 * units, units])],
    [
      [units, 2 * units],
      [units, units],
    ],
    { axis: 1 },
  ) as [string, string];
  const [z, r] = splitGates(scope, affine(scope, h, gates, 2 * units), 2) as [Value, Value];
  return [z, r, (reset) => affine(scope, combine(scope, 'Mul', reset, h), candidate, units)];
}

const biasRow = (
  scope: LayerScope,
  bias: string | undefined,
  row: number,
  units: number,
): string | undefined =>
  bias === undefined ? undefined : scope.op('Gather', [bias, scope.index(row)], [3 * units], { axis: 0 });
