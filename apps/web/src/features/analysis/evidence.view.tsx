import { Stack, Text } from '@mantine/core';
import { type HeatMapPlace, useHeatValues } from './heat-values.query.js';
import styles from './evidence.module.css';

/** How much of a signed map is evidence for and how much against, as two bars that meet and in words. */
export function EvidenceView({
  map,
  subject,
}: {
  map: HeatMapPlace;
  subject: { forIt: string; against: string };
}) {
  const { data } = useHeatValues(map);
  const all = (data?.positive ?? 0) + (data?.negative ?? 0);
  const share = all === 0 ? 0 : (data?.positive ?? 0) / all;
  return (
    <Stack gap={4} mih={58}>
      <Text size="sm" fw={600}>
        For and against
      </Text>
      <div className={styles.bar} aria-hidden>
        <span className={styles.against} style={{ width: `${100 * (1 - share)}%` }} />
        <span className={styles.for} style={{ width: `${100 * share}%` }} />
      </div>
      <Text size="xs" c="dimmed">
        {data === undefined
          ? ' '
          : all === 0
            ? 'Nothing in the input changes the score.'
            : `${Math.round(100 * share)}% of what counts ${subject.forIt} (orange), ` +
              `${100 - Math.round(100 * share)}% ${subject.against} (blue).`}
      </Text>
    </Stack>
  );
}
