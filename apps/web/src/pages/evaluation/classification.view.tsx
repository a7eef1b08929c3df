import { SimpleGrid, Stack } from '@mantine/core';
import type { ClassReport } from '../../features/evaluation/report.js';
import { CalibrationView } from './calibration.view.js';
import { ClassTableView } from './class-table.view.js';
import { ConfusionView } from './confusion.view.js';
import { CurvesView } from './curves.view.js';
import type { EvaluationAddress } from './evaluation-address.state.js';
import type { Picked } from './picked.js';

interface Classification {
  report: ClassReport;
  address: EvaluationAddress;
  hasDifference: boolean;
  onChange: (changes: Partial<EvaluationAddress>) => void;
  onPick: (picked: Picked) => void;
}

/** Confusions, classes, curves and calibration of a task with one class for each sample. */
export function ClassificationView({ report, address, hasDifference, onChange, onPick }: Classification) {
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, lg: hasDifference ? 1 : 2 }} spacing="md">
        <ConfusionView report={report} normalize={address.normalize} onChange={onChange} onPick={onPick} />
        <ClassTableView rows={report.rows} hasDifference={hasDifference} onPick={onPick} />
      </SimpleGrid>
      <CurvesView report={report} onChange={onChange} onPick={onPick} />
      <CalibrationView report={report} onPick={onPick} />
    </Stack>
  );
}
