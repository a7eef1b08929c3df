import { Select, SimpleGrid, Stack, Text } from '@mantine/core';
import { useMemo } from 'react';
import type { ClassReport } from '../../features/evaluation/report.js';
import { ChartCardView } from '../../parts/charts/chart-card.view.js';
import type { ChartSpec } from '../../parts/charts/chart.js';
import { count, part, trust, value } from '../../parts/numbers.js';
import { curveMarks, thresholdMarks } from './curve-marks.js';
import type { EvaluationAddress } from './evaluation-address.state.js';
import type { Picked } from './picked.js';

const SHARE = { format: part, range: [0, 1] as const };
const SPECS = {
  pr: {
    kind: 'curve',
    title: 'Precision and recall',
    x: { title: 'recall', ...SHARE },
    value: { title: 'precision', ...SHARE },
  },
  roc: {
    kind: 'curve',
    title: 'ROC',
    x: { title: 'false positive rate', ...SHARE },
    value: { title: 'true positive rate', ...SHARE },
    hasDiagonal: true,
  },
  thresholds: {
    kind: 'curve',
    title: 'Threshold',
    x: { title: 'threshold', range: [0, 1] },
    value: { title: 'share', ...SHARE },
  },
} satisfies Record<string, ChartSpec>;

/** Curves of one class against all others. */
export function CurvesView({
  report,
  onChange,
  onPick,
}: {
  report: ClassReport;
  onChange: (changes: Partial<EvaluationAddress>) => void;
  onPick: (picked: Picked) => void;
}) {
  const { curves, names, n, focus } = report;
  const pr = useMemo(() => (curves === undefined ? [] : curveMarks(curves.pr, n)), [curves, n]);
  const roc = useMemo(() => (curves === undefined ? [] : curveMarks(curves.roc, n)), [curves, n]);
  const thresholds = useMemo(() => thresholdMarks(curves?.thresholds ?? [], n), [curves, n]);
  return (
    <Stack gap="xs">
      <Select
        size="sm"
        w={300}
        label="Class of the curves, against all others"
        description={curves && `${count(curves.positives)} of ${count(n)} samples have it as their label`}
        data={names.map((name, index) => ({ value: String(index), label: name }))}
        value={String(focus)}
        allowDeselect={false}
        searchable
        onChange={(next) => {
          onChange({ focus: Number(next) });
        }}
      />
      {curves === undefined ? (
        <Text size="sm" c="dimmed">
          There is no curve without samples of the class and samples of others.
        </Text>
      ) : (
        <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }} spacing="md">
          <ChartCardView
            spec={SPECS.pr}
            data={pr}
            note={`AP ${trust(curves.averagePrecision)}, n = ${count(n)}`}
          />
          <ChartCardView
            spec={SPECS.roc}
            data={roc}
            note={`area ${trust(curves.areaUnderRoc)}, n = ${count(n)}`}
          />
          <ChartCardView
            spec={SPECS.thresholds}
            data={thresholds}
            note={`n = ${count(n)}`}
            onPick={({ x }) => {
              onPick({
                pick: { range: { column: 'score', low: x, high: Number.MAX_VALUE, ends: 'both' } },
                title: `Score of ${names[focus]!} at or above ${value(x)}`,
                onMap: undefined,
              });
            }}
          />
        </SimpleGrid>
      )}
    </Stack>
  );
}
