import type { LayerConfig } from '../layer.config.js';
import type { Cell } from './cell.js';

/**
 * Combines stacked cells into one cell. Its states start with the states of the last cell, as in TF.js and
 * Keras 2.
 */
export function stackedCell(config: LayerConfig, cells: readonly Cell[]): Cell {
  if (cells.some(({ dropout, recurrentDropout }) => dropout + recurrentDropout > 0))
    throw config.fail('has stacked cells with dropout; stack recurrent layers instead');
  const upward = cells.toReversed();
  return {
    stateSizes: upward.flatMap(({ stateSizes }) => stateSizes),
    activation: cells.at(-1)!.activation,
    dropout: 0,
    recurrentDropout: 0,
    open(scope, width) {
      const open = cells.map((cell, i) =>
        cell.open(scope.within(`RNNCell_${i}`), i === 0 ? width : cells[i - 1]!.stateSizes[0]!),
      );
      return {
        project: (at, x) => open[0]!.project(at, x),
        step(at, projected, states) {
          const rest = [...states];
          const own = upward.map(({ stateSizes }) => rest.splice(0, stateSizes.length)).reverse();
          const after: ReturnType<(typeof open)[number]['step']>[] = [];
          open.forEach((cell, i) => {
            after.push(cell.step(at, i === 0 ? projected : cell.project(at, after[i - 1]![0]!), own[i]!));
          });
          return after.reverse().flat();
        },
      };
    },
  };
}
