import { Text, Tooltip } from '@mantine/core';
import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import { placedFacts } from './placed-facts.js';
import styles from '../style/population.module.css';

/** How far the places of other data in a map can be trusted, and how far those data are from it. */
export function PlacedFactsView({
  map: { placed, trust },
  hasLabels,
}: {
  map: Exploration;
  hasLabels: boolean;
}) {
  if (placed === undefined || placed.k === 0) return null;
  return (
    <div
      aria-label="How far the places of the placed samples can be trusted"
      role="group"
      style={{ marginTop: 10 }}
    >
      <Text size="xs" fw={600} mb={4}>
        What is placed here
      </Text>
      {placedFacts(placed, trust, hasLabels).map(({ name, value, beside, help }) => (
        <Tooltip
          key={name}
          label={help}
          multiline
          w={280}
          position="right"
          withArrow
          events={{ hover: true, focus: true, touch: true }}
        >
          <div className={styles.meter} tabIndex={0} style={{ marginBottom: 4 }}>
            <span>{name}</span>
            <Text span size="xs" fw={600}>
              {value}
              {beside !== '' && (
                <Text span size="xs" fw={400} c="dimmed">
                  {' '}
                  {beside}
                </Text>
              )}
            </Text>
          </div>
        </Tooltip>
      ))}
    </div>
  );
}
