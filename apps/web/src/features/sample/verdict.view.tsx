import { Badge, Group, Text } from '@mantine/core';
import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';
import { IconArrowRight, IconCheck, IconX } from '@tabler/icons-react';
import { outcomeText } from './outcome.js';

type Judged = Pick<
  SampleEvaluation,
  | 'task'
  | 'predictions'
  | 'targets'
  | 'residual'
  | 'pixelAccuracy'
  | 'iou'
  | 'hasLoss'
  | 'trueClass'
  | 'trueClassName'
  | 'predictedClass'
  | 'predictedClassName'
  | 'correct'
>;

/** Name of a class, or its number where it has no name. */
export const className = (name: string, index: number): string => (name === '' ? String(index) : name);

/** Label and prediction of a sample and whether they agree, by sign and word as well as color. */
export function VerdictView({ evaluation }: { evaluation: Judged }) {
  const { trueClass, predictedClass, correct } = evaluation;
  const outcome = outcomeText(evaluation);
  if (outcome !== undefined)
    return (
      <Badge variant="default" size="lg" tt="none" fw={550} style={{ flex: 'none' }}>
        {outcome}
      </Badge>
    );
  const label = trueClass < 0 ? undefined : className(evaluation.trueClassName, trueClass);
  const read = predictedClass < 0 ? undefined : className(evaluation.predictedClassName, predictedClass);
  return (
    <Group gap={6} style={{ minWidth: 0 }}>
      {label !== undefined && (
        <Badge variant="default" size="lg" tt="none" fw={550} maw={220}>
          label {label}
        </Badge>
      )}
      {label !== undefined && read !== undefined && (
        <IconArrowRight size={14} aria-label="predicted" style={{ flex: 'none' }} />
      )}
      {read !== undefined && (
        <Badge
          variant="light"
          size="lg"
          tt="none"
          fw={550}
          maw={260}
          color={label === undefined ? 'blue' : correct ? 'teal' : 'red'}
          leftSection={
            label === undefined ? undefined : correct ? (
              <IconCheck size={14} stroke={2.5} />
            ) : (
              <IconX size={14} stroke={2.5} />
            )
          }
        >
          predicted {read}
          {label === undefined ? '' : correct ? ', correct' : ', misclassified'}
        </Badge>
      )}
      {label === undefined && (
        <Text size="sm" c="dimmed">
          no label
        </Text>
      )}
    </Group>
  );
}

/** The same in one short text: `4`, or `4 → 9` where it is misclassified. */
export function verdictText(evaluation: Judged): string {
  const { trueClass, trueClassName, predictedClass, predictedClassName, correct } = evaluation;
  const outcome = outcomeText(evaluation);
  if (outcome !== undefined) return outcome;
  const read = predictedClass < 0 ? '' : className(predictedClassName, predictedClass);
  if (trueClass < 0) return read === '' ? 'no label' : `predicted ${read}`;
  const label = className(trueClassName, trueClass);
  return correct || read === '' ? label : `${label} → ${read}`;
}
