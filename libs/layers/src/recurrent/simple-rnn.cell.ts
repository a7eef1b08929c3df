import type { LayerConfig } from '../layer.config.js';
import { affine } from '../affine.js';
import { type Cell, createCell, cellSettings, combine, through } from './cell.js';

/** h′ = activation(x W + b + h U) (Elman, 1990). */
export function simpleRnnCell(config: LayerConfig): Cell {
  const settings = cellSettings(config);
  return createCell({
    settings,
    gates: 1,
    stateCount: 1,
    step: (scope, x, [h], { recurrent }) => [
      through(
        scope,
        settings.activation,
        combine(scope, 'Add', x, affine(scope, h!, recurrent, settings.units)),
      ),
    ],
  });
}
