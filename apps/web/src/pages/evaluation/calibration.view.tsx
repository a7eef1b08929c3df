import { SimpleGrid } from '@mantine/core';
import { useMemo } from 'react';
import { binEnds, type ClassReport } from '../../features/evaluation/report.js';
import {
  type BinMark,
  calibrationNote,
  calibrationMarks,
  confidenceMarks,
  SCORE_SPECS,
} from '../../features/evaluation/score-charts.js';
import { ChartCardView } from '../../parts/charts/chart-card.view.js';
import { count, part } from '../../parts/numbers.js';
import type { Picked } from './picked.js';

const rangeOnMap = ({ bin }: BinMark) => ['range', 'confidence', bin.low, bin.high] as const;

/** How far the confidence of the model can be believed. */
export function CalibrationView({
  report: { calibration, confidence },
  onPick,
}: {
  report: ClassReport;
  onPick: (picked: Picked) => void;
}) {
  const bins = useMemo(() => calibrationMarks(calibration), [calibration]);
  const bars = useMemo(() => confidenceMarks(confidence), [confidence]);
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
      <ChartCardView
        spec={SCORE_SPECS.calibration}
        data={bins}
        note={calibrationNote(calibration)}
        onPick={({ bin }) => {
          onPick({
            // As in the numbers, a confidence at the end of a bin belongs to the bin below it.
            pick: { range: { column: 'confidence', ...bin, ends: bin.low === 0 ? 'both' : 'high' } },
            title: `Confidence ${part(bin.low)} to ${part(bin.high)}`,
            onMap: [['range', 'confidence', bin.low, bin.high]],
          });
        }}
      />
      <ChartCardView
        spec={SCORE_SPECS.confidence}
        data={bars}
        note={`n = ${count(bars.reduce((sum, { n }) => sum + n, 0))}`}
        onPick={(mark) => {
          const isCorrect = mark.series === 'correct';
          const { low, high } = mark.bin;
          onPick({
            pick: {
              correct: isCorrect,
              range: {
                column: 'confidence',
                ...mark.bin,
                ends: binEnds(mark.bin, confidence.at(-1)),
              },
            },
            title: `${isCorrect ? 'Correct' : 'Misclassified'}, confidence ${part(low)} to ${part(high)}`,
            onMap: [['in', 'correct', String(isCorrect)], rangeOnMap(mark)],
          });
        }}
      />
    </SimpleGrid>
  );
}
