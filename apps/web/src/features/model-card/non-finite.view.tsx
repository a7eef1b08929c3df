import { Alert } from '@mantine/core';
import type { WeightStatistics } from '@noema/contracts/noema/training/v1/model';
import { IconAlertTriangle } from '@tabler/icons-react';
import { counted } from '../../parts/numbers.js';
import { nonFiniteText } from './weight-histogram.js';

/** Names that are listed. */
const MAX_NAMES = 6;

/** Names the weights of a version that have values which are not finite. */
export function NonFiniteView({ weights }: { weights: readonly WeightStatistics[] | undefined }) {
  const bad = (weights ?? []).filter((weight) => nonFiniteText(weight) !== undefined);
  if (bad.length === 0) return null;
  return (
    <Alert
      color="red"
      icon={<IconAlertTriangle />}
      title={`${counted(bad.length, 'weight')} with values that are not finite`}
    >
      {bad
        .slice(0, MAX_NAMES)
        .map((weight) => `${weight.name} (${nonFiniteText(weight)!})`)
        .join(', ')}
      {bad.length > MAX_NAMES && `, and ${counted(bad.length - MAX_NAMES, 'more', 'more')}`}. Predictions of
      this version are not finite either; train again with a lower learning rate.
    </Alert>
  );
}
