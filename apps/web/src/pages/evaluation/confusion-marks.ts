import { normalizeConfusion } from '@noema/evaluation/confusion';
import { wilsonInterval } from '@noema/evaluation/proportion';
import type { ClassReport } from '../../features/evaluation/report.js';
import type { ChartMark } from '../../parts/charts/chart.js';
import { counted } from '../../parts/numbers.js';
import type { Normalization } from './evaluation-address.state.js';

/** A cell of the confusion matrix. */
export interface CellMark extends ChartMark {
  readonly truth: number;
  readonly predicted: number;
}

/** Classes up to which the matrix is drawn; more are a list of the pairs that have samples. */
export const MAX_DRAWN = 100;

/**
 * The cells of the matrix, without the empty ones of many classes; a share has its interval, and n is the total that
 * it is a share of. A list begins with the most frequent confusions.
 */
export function confusionMarks(
  { names, cells, n, rows }: Pick<ClassReport, 'names' | 'cells' | 'n' | 'rows'>,
  normalize: Normalization,
): CellMark[] {
  const shares = normalizeConfusion({ classCount: names.length, cells, n }, normalize);
  const isList = names.length > MAX_DRAWN;
  const shown = [...cells.keys()].filter((cell) => !isList || cells[cell]! > 0);
  const isCorrect = (cell: number): boolean => Math.floor(cell / names.length) === cell % names.length;
  if (isList)
    shown.sort((a, b) => Number(isCorrect(a)) - Number(isCorrect(b)) || cells[b]! - cells[a]! || a - b);
  return shown.map((cell) => {
    const samples = cells[cell]!;
    const [truth, predicted] = [Math.floor(cell / names.length), cell % names.length];
    const total = normalize === 'truth' ? rows[truth]!.support : rows[predicted]!.predicted;
    return {
      truth,
      predicted,
      row: names[truth]!,
      x: names[predicted]!,
      value: shares[cell]!,
      n: normalize === 'none' ? samples : total,
      ...(normalize !== 'none' && {
        interval: total === 0 ? undefined : wilsonInterval(samples, total),
        notes: [counted(samples, 'sample')],
      }),
    };
  });
}
