import { Popover, Skeleton, Text, UnstyledButton } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { capitalised } from '../../../parts/capitalised.js';
import styles from '../style/population.module.css';
import type { TrustProps } from './trust.view.js';
import { LABELS_ABSENT, summarizeTrust } from './trust-summary.js';

const TrustView = lazy(async () => ({ default: (await import('./trust.view.js')).TrustView }));

/**
 * How far the map can be trusted, in one line that opens its numbers; what speaks against the map is always in
 * sight.
 */
export function TrustLineView(props: TrustProps) {
  const { trust, warnings } = props;
  const [isOpen, setOpen] = useState(false);
  const { value, grade } = summarizeTrust(trust, warnings);
  return (
    <>
      {warnings
        .filter(({ reason }) => reason !== LABELS_ABSENT)
        .map(({ reason, message }) => (
          <Text key={reason} size="xs" c="orange" mb={6} role="note">
            {capitalised(message)}.
          </Text>
        ))}
      <Popover
        opened={isOpen}
        onChange={setOpen}
        position="top-start"
        width={264}
        shadow="md"
        withArrow
        trapFocus
        returnFocus
      >
        <Popover.Target>
          <UnstyledButton
            className={styles.trustLine}
            onClick={() => {
              setOpen(!isOpen);
            }}
          >
            <span>
              Map trust <b>{value}</b>
              {grade !== undefined && (
                <>
                  {' · '}
                  <Text span inherit {...(grade === 'good' ? {} : { c: 'orange', fw: 600 })}>
                    {grade}
                  </Text>
                </>
              )}
            </span>
            <IconChevronRight size={16} aria-hidden />
          </UnstyledButton>
        </Popover.Target>
        <Popover.Dropdown aria-label="Map trust">
          <Suspense fallback={<Skeleton h={250} />}>
            <TrustView {...props} />
          </Suspense>
        </Popover.Dropdown>
      </Popover>
    </>
  );
}
