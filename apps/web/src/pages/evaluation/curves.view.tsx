import { Select, SimpleGrid, Stack, Text } from '@mantine/core';
import { useMemo } from 'react';
import type { ClassReport } from '../../features/evaluation/report.js';
import { areaText, curveMarks, SCORE_SPECS, thresholdMarks } from '../../features/evaluation/score-charts.js';
import { ChartCardView } from '../../parts/charts/chart-card.view.js';
import { count, value } from '../../parts/numbers.js';
import type { EvaluationAddress } from './evaluation-address.state.js';
import type { Picked } from './picked.js';

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
  const pr = useMemo(() => (curves === undefined ? [] : curveMarks('pr', curves.pr, curves)), [curves]);
  const roc = useMemo(() => (curves === undefined ? [] : curveMarks('roc', curves.roc, curves)), [curves]);
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
          <ChartCardView spec={SCORE_SPECS.pr} data={pr}>
            <SummaryView text={areaText('AP', curves.averagePrecision, n)} />
          </ChartCardView>
          <ChartCardView spec={SCORE_SPECS.roc} data={roc}>
            <SummaryView text={areaText('area', curves.areaUnderRoc, n)} />
          </ChartCardView>
          <ChartCardView
            spec={SCORE_SPECS.thresholds}
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

const SummaryView = ({ text }: { text: string }) => (
  <Text size="xs" c="dimmed" mt={4}>
    {text}
  </Text>
);
