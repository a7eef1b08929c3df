import { SimpleGrid } from '@mantine/core';
import { wilsonInterval } from '@noema/evaluation/proportion';
import { useMemo } from 'react';
import { binEnds, type ClassReport } from '../../features/evaluation/report.js';
import { ChartCardView } from '../../parts/charts/chart-card.view.js';
import type { ChartMark, ChartSpec } from '../../parts/charts/chart.js';
import { count, part, trust, value } from '../../parts/numbers.js';
import { CORRECTNESS } from '../../parts/scales/scales.js';
import type { Picked } from './picked.js';

const SHARE = { format: part, range: [0, 1] as const };
const CALIBRATION: ChartSpec = {
  kind: 'curve',
  title: 'Calibration',
  x: { title: 'mean confidence', ...SHARE },
  value: { title: 'share correct', ...SHARE },
  hasDiagonal: true,
};
const CONFIDENCE: ChartSpec = {
  kind: 'histogram',
  title: 'Confidence',
  x: { title: 'confidence', range: [0, 1] },
  value: { title: 'samples', format: value },
  colors: { correct: CORRECTNESS['true']!, misclassified: CORRECTNESS['false']! },
};

interface BinMark extends ChartMark {
  readonly low: number;
  readonly high: number;
}

const rangeOnMap = ({ low, high }: BinMark) => ['range', 'confidence', low, high] as const;

/** How far the confidence of the model can be believed. */
export function CalibrationView({
  report: { calibration, confidence },
  onPick,
}: {
  report: ClassReport;
  onPick: (picked: Picked) => void;
}) {
  const bins = useMemo(
    () =>
      calibration.bins
        .filter(({ n }) => n > 0)
        .map(({ confidence: x, share, n, positives, low, high }) => ({
          x,
          value: share,
          n,
          interval: wilsonInterval(positives, n),
          notes: [`confidence ${part(low)} to ${part(high)}`],
          bin: { low, high },
        })),
    [calibration],
  );
  const bars = useMemo(
    () =>
      confidence.map(({ low, high, count: samples, series }) => ({
        x: low,
        low,
        high,
        series,
        value: samples,
        n: samples,
      })),
    [confidence],
  );
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
      <ChartCardView
        spec={CALIBRATION}
        data={bins}
        note={`ECE ${trust(calibration.expectedCalibrationError)}, n = ${count(calibration.n)}`}
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
        spec={CONFIDENCE}
        data={bars}
        note={`n = ${count(bars.reduce((sum, { n }) => sum + n, 0))}`}
        onPick={(mark) => {
          const isCorrect = mark.series === 'correct';
          onPick({
            pick: {
              correct: isCorrect,
              range: {
                column: 'confidence',
                low: mark.low,
                high: mark.high,
                ends: binEnds(mark, confidence.at(-1)),
              },
            },
            title: `${isCorrect ? 'Correct' : 'Misclassified'}, confidence ${part(mark.low)} to ${part(mark.high)}`,
            onMap: [['in', 'correct', String(isCorrect)], rangeOnMap(mark)],
          });
        }}
      />
    </SimpleGrid>
  );
}
