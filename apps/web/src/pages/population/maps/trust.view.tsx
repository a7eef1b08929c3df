import { Stack, Switch, Text, Tooltip } from '@mantine/core';
import type { ExplorationWarning, TrustNumbers } from '@noema/contracts/noema/projection/v1/exploration';
import { capitalised } from '../../../parts/capitalised.js';
import { part } from '../../../parts/numbers.js';
import styles from '../style/population.module.css';
import { trustFacts } from './trust-facts.js';
import { FAIR_FROM, GOOD_FROM, LABELS_ABSENT } from './trust-summary.js';

export interface TrustProps {
  readonly trust: TrustNumbers | undefined;
  readonly warnings: readonly ExplorationWarning[];
  readonly hasLabels: boolean;
  readonly isColored: boolean;
  readonly onColored: (on: boolean) => void;
}

/** The numbers of how far the map can be trusted, and the switch that shows where it cannot. */
export function TrustView({ trust, warnings, hasLabels, isColored, onColored }: TrustProps) {
  const labels = warnings.find(({ reason }) => reason === LABELS_ABSENT);
  return (
    <Stack gap={8}>
      <div aria-label="How far the map can be trusted" role="group">
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
      </div>
      <Switch
        size="xs"
        label="Color by local trust"
        checked={isColored}
        onChange={(event) => {
          onColored(event.currentTarget.checked);
        }}
        description="Share of its neighbors that each dot keeps"
      />
      <Text size="xs" c="dimmed">
        Map trust is the lower of trustworthiness and continuity: good from {part(GOOD_FROM)}, fair from{' '}
        {part(FAIR_FROM)}.{labels !== undefined && ` ${capitalised(labels.message)}.`}
      </Text>
    </Stack>
  );
}
