import { Table, UnstyledButton } from '@mantine/core';
import type { MetricChange } from '@noema/evaluation';
import type { ReactNode } from 'react';
import { differenceInterval, differenceText, metricInterval, metricText } from './change-text.js';

/** Samples that a number leads to: all, the ones that A or B misclassifies, or the changed ones. */
export type CellPart = 'all' | 'a' | 'b' | 'changed';

const TITLES: Readonly<Record<CellPart, string>> = {
  all: 'Show these samples',
  a: 'Show the samples that A misclassifies',
  b: 'Show the samples that B misclassifies',
  changed: 'Show the samples that changed',
};

/** The cells of a comparison: A, B and their difference, each above its interval and leading to its samples. */
export function ChangeCellsView({
  change,
  note,
  onOpen,
}: {
  readonly change: MetricChange;
  /** A line below the interval of the difference. */
  readonly note: ReactNode;
  readonly onOpen: (part: CellPart) => void;
}) {
  const isShare = change.name === 'correct';
  const cells = [
    {
      part: isShare ? 'a' : 'all',
      text: metricText(change.name, change.before),
      interval: metricInterval(change, change.before),
    },
    {
      part: isShare ? 'b' : 'all',
      text: metricText(change.name, change.now),
      interval: metricInterval(change, change.now),
    },
    { part: 'changed', text: differenceText(change), interval: differenceInterval(change) },
  ] as const;
  return cells.map(({ part, text, interval }, at) => (
    <Table.Td key={at} ta="right">
      <UnstyledButton
        fz="xs"
        ta="right"
        title={TITLES[part]}
        onClick={() => {
          onOpen(part);
        }}
      >
        {text}
        <SmallView isWrapped>{interval}</SmallView>
        {part === 'changed' && note}
      </UnstyledButton>
    </Table.Td>
  ));
}

/** A line below a number; two lines where it is wrapped and too long. */
export function SmallView({
  isWrapped = false,
  children,
}: {
  readonly isWrapped?: boolean;
  readonly children: ReactNode;
}) {
  const whiteSpace = isWrapped ? 'normal' : 'nowrap';
  return (
    <div style={{ fontSize: 12, fontWeight: 400, color: 'var(--mantine-color-dimmed)', whiteSpace }}>
      {children}
    </div>
  );
}
