import { Anchor, Box, Text } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useMemo, useRef, useState } from 'react';
import { percent } from '../../parts/numbers.js';
import {
  byProbability,
  type ClassProbability,
  probabilityColor,
  topClasses,
} from '../../features/sample/probabilities.js';
import styles from './probabilities.module.css';

const TOP = 10;
const LINE = 24;

/**
 * Probabilities by class as bars, the true and the predicted one marked; the first ten, or all of any number.
 */
export function ProbabilitiesView({
  probabilities,
  classNames,
  trueClass,
  predictedClass,
}: {
  probabilities: readonly number[];
  classNames: readonly string[];
  trueClass: number;
  predictedClass: number;
}) {
  const [all, setAll] = useState(false);
  const sorted = useMemo(() => byProbability(probabilities, classNames), [probabilities, classNames]);
  if (sorted.length === 0)
    return (
      <Text size="sm" c="dimmed">
        The model gives no probabilities.
      </Text>
    );
  const line = (entry: ClassProbability) => (
    <Line
      key={entry.index}
      entry={entry}
      isTrue={entry.index === trueClass}
      isPredicted={entry.index === predictedClass}
    />
  );
  return (
    <Box style={{ '--name': `${Math.min(28, Math.max(...sorted.map(({ name }) => name.length)) + 1)}ch` }}>
      {all && sorted.length > 40 ? (
        <Long sorted={sorted} line={line} />
      ) : (
        <ul className={styles.list}>{(all ? sorted : topClasses(sorted, TOP, trueClass)).map(line)}</ul>
      )}
      {sorted.length > TOP && (
        <Anchor
          component="button"
          type="button"
          size="xs"
          mt={6}
          aria-expanded={all}
          onClick={() => {
            setAll(!all);
          }}
        >
          {all ? 'Show the first 10' : `Show all ${sorted.length} classes`}
        </Anchor>
      )}
    </Box>
  );
}

function Long({
  sorted,
  line,
}: {
  sorted: readonly ClassProbability[];
  line: (entry: ClassProbability) => ReactNode;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE,
    overscan: 8,
  });
  return (
    <div
      ref={scroller}
      className={styles.scroller}
      tabIndex={0}
      role="group"
      aria-label={`All ${sorted.length} classes`}
    >
      <ul className={styles.list} style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {rows.getVirtualItems().map(({ index, start, key }) => (
          <div key={key} style={{ position: 'absolute', insetInline: 0, top: start }}>
            {line(sorted[index]!)}
          </div>
        ))}
      </ul>
    </div>
  );
}

function Line({
  entry,
  isTrue,
  isPredicted,
}: {
  entry: ClassProbability;
  isTrue: boolean;
  isPredicted: boolean;
}) {
  const mark = [isTrue ? 'label' : '', isPredicted ? 'prediction' : '']
    .filter((word) => word !== '')
    .join(', ');
  const tone = isTrue && isPredicted ? styles.right : isPredicted ? styles.wrong : isTrue ? styles.label : '';
  return (
    <li className={`${styles.line} ${tone}`}>
      <span className={styles.name} title={entry.name}>
        {entry.name}
      </span>
      <span className={styles.track}>
        <span
          className={styles.bar}
          style={{
            width: `${100 * (entry.probability || 0)}%`,
            background: probabilityColor(isTrue, isPredicted),
          }}
        />
      </span>
      <span className={styles.value}>{percent(entry.probability)}</span>
      <span className={styles.mark}>{mark}</span>
    </li>
  );
}
