import { SegmentedControl } from '@mantine/core';
import { useMemo } from 'react';
import type { ClassReport } from '../../features/evaluation/report.js';
import { ChartCardView } from '../../parts/charts/chart-card.view.js';
import type { ChartSpec } from '../../parts/charts/chart.js';
import { count, part } from '../../parts/numbers.js';
import { confusionMarks, MAX_DRAWN } from './confusion-marks.js';
import type { EvaluationAddress, Normalization } from './evaluation-address.state.js';
import type { Picked } from './picked.js';

const TITLES: Readonly<Record<Normalization, string>> = {
  none: 'samples',
  truth: 'share of the label',
  prediction: 'share of the prediction',
};

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
      kind: report.names.length > MAX_DRAWN ? 'table' : 'confusion',
      title: 'Confusion matrix',
      x: { title: 'predicted' },
      rowTitle: 'label',
      value: { title: TITLES[normalize], format: normalize === 'none' ? count : part },
    }),
    [normalize, report.names.length],
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
