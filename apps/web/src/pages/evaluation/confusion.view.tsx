import { SegmentedControl } from '@mantine/core';
import { normalizeConfusion } from '@noema/evaluation/confusion';
import { wilsonInterval } from '@noema/evaluation/proportion';
import { useMemo } from 'react';
import type { ClassReport } from '../../features/evaluation/report.js';
import { ChartCardView } from '../../parts/charts/chart-card.view.js';
import type { ChartMark, ChartSpec } from '../../parts/charts/chart.js';
import { count, counted, part } from '../../parts/numbers.js';
import type { EvaluationAddress, Normalization } from './evaluation-address.state.js';
import type { Picked } from './picked.js';

interface CellMark extends ChartMark {
  readonly truth: number;
  readonly predicted: number;
}

const TITLES: Readonly<Record<Normalization, string>> = {
  none: 'samples',
  truth: 'share of the label',
  prediction: 'share of the prediction',
};

/** The cells of the matrix; a share has its interval, and n is the total that it is a share of. */
export function confusionMarks({ names, cells, n }: ClassReport, normalize: Normalization): CellMark[] {
  const shares = normalizeConfusion({ classCount: names.length, cells, n }, normalize);
  const sum = (at: (other: number) => number): number =>
    names.reduce((total, _, other) => total + cells[at(other)]!, 0);
  return Array.from(cells, (samples, cell) => {
    const [truth, predicted] = [Math.floor(cell / names.length), cell % names.length];
    const total =
      normalize === 'truth'
        ? sum((other) => truth * names.length + other)
        : sum((other) => other * names.length + predicted);
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

/** The confusion matrix; a cell leads to its samples. */
export function ConfusionView({
  report,
  normalize,
  onChange,
  onPick,
}: {
  report: ClassReport;
  normalize: Normalization;
  onChange: (changes: Partial<EvaluationAddress>) => void;
  onPick: (picked: Picked) => void;
}) {
  const data = useMemo(() => confusionMarks(report, normalize), [report, normalize]);
  const spec = useMemo(
    (): ChartSpec => ({
      kind: 'confusion',
      title: 'Confusion matrix',
      x: { title: 'predicted' },
      rowTitle: 'label',
      value: { title: TITLES[normalize], format: normalize === 'none' ? count : part },
    }),
    [normalize],
  );
  return (
    <ChartCardView
      spec={spec}
      data={data}
      height={430}
      note={`n = ${count(report.n)}`}
      onPick={({ truth, predicted }) => {
        onPick({
          pick: { truth, predicted },
          title: `Label ${report.names[truth]!}, predicted ${report.names[predicted]!}`,
          onMap: [
            ['in', 'true_class', report.names[truth]!],
            ['in', 'predicted_class', report.names[predicted]!],
          ],
        });
      }}
      actions={
        <SegmentedControl
          size="xs"
          aria-label="Normalize the confusion matrix"
          value={normalize}
          data={[
            { value: 'none', label: 'counts' },
            { value: 'truth', label: 'by label' },
            { value: 'prediction', label: 'by prediction' },
          ]}
          onChange={(next) => {
            onChange({ normalize: next });
          }}
        />
      }
    />
  );
}
