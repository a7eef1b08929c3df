import { Group, Switch, Text, Tooltip } from '@mantine/core';
import type { ExplorationWarning, TrustNumbers } from '@noema/contracts/noema/projection/v1/exploration';
import { capitalised } from '../../../parts/capitalised.js';
import styles from '../style/population.module.css';
import { trustFacts } from './trust-facts.js';

interface TrustProps {
  readonly trust: TrustNumbers | undefined;
  readonly warnings: readonly ExplorationWarning[];
  readonly hasLabels: boolean;
  readonly isColored: boolean;
  readonly onColored: (on: boolean) => void;
}

/**
 * How far the map can be trusted, always in sight, what speaks against it first; and the switch that shows
 * where it cannot.
 */
export function TrustView({ trust, warnings, hasLabels, isColored, onColored }: TrustProps) {
  return (
    <div aria-label="How far the map can be trusted" role="group">
      {warnings.map(({ reason, message }) => (
        <Text key={reason} size="xs" c="orange" mb={6} role="note">
          {capitalised(message)}.
        </Text>
      ))}
      {trustFacts(trust, hasLabels).map(({ name, value, interval, share, help }) => (
        <Tooltip
          key={name}
          label={help}
          multiline
          w={280}
          position="right"
          withArrow
          events={{ hover: true, focus: true, touch: true }}
        >
          <div className={styles.meter} tabIndex={0} style={{ marginBottom: 6 }}>
            <span>{name}</span>
            <Text span size="xs" fw={600}>
              {value}
              {interval !== '' && (
                <Text span size="xs" fw={400} c="dimmed">
                  {' '}
                  {interval}
                </Text>
              )}
            </Text>
            <span className={styles.bar}>
              <i style={{ width: `${share * 100}%` }} />
            </span>
          </div>
        </Tooltip>
      ))}
      <Group justify="space-between" mt={8} wrap="nowrap">
        <Switch
          size="xs"
          label="Color by local trust"
          checked={isColored}
          onChange={(event) => {
            onColored(event.currentTarget.checked);
          }}
          description="Share of its neighbors that each dot keeps"
        />
      </Group>
    </div>
  );
}
