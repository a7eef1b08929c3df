import type { LayerConfig } from '../layer.config.js';
import { affine } from '../affine.js';
import { type Cell, createCell, cellSettings, combine, splitGates, through } from './cell.js';

/**
 * Long short-term memory (Hochreiter & Schmidhuber, 1997; forget gate: Gers et al., 2000), gates in the order
 * input, forget, cell, output.
 */
export function lstmCell(config: LayerConfig): Cell {
  const settings = cellSettings(config);
  const { units, activation, biasInitializer } = settings;
  const recurrentActivation = config.activation('sigmoid', 'recurrent_activation');
  const unitForgetBias = config.flag('unit_forget_bias', true);
  return createCell({
    settings,
    gates: 4,
    stateCount: 2,
    biasInitializer: (dims, random) =>
      unitForgetBias
        ? biasInitializer(dims, random).fill(1, units, 2 * units)
        : biasInitializer(dims, random),
    step(scope, x, [h, c], { recurrent }) {
      const [i, f, candidate, o] = splitGates(
        scope,
        combine(scope, 'Add', x, affine(scope, h!, recurrent, 4 * units)),
        4,
      );
      const gate = (value: typeof i): NonNullable<typeof i> => through(scope, recurrentActivation, value!);
      const cell = combine(
        scope,
        'Add',
        combine(scope, 'Mul', gate(f), c!),
        combine(scope, 'Mul', gate(i), through(scope, activation, candidate!)),
      );
      return [combine(scope, 'Mul', gate(o), through(scope, activation, cell)), cell];
    },
  });
}
