import type { Unit } from '@noema/contracts/noema/activations/v1/unit';
import { useState } from 'react';
import { Anchor } from '@mantine/core';
import { digits } from '../../parts/numbers.js';
import { SectionView } from '../../parts/section.view.js';
import styles from './bars.module.css';
import { useClassColor } from './class-colors.js';

const MOST = 16;

/** Mean response to each class as bars, the strongest first. */
export function ClassMeansView({ unit }: { unit: Unit }) {
  const [all, setAll] = useState(false);
  const classColor = useClassColor();
  const sorted = [...unit.classes].sort((a, b) => b.mean - a.mean);
  const [low, high] = [
    Math.min(0, ...sorted.map(({ mean }) => mean)),
    Math.max(1e-12, ...sorted.map(({ mean }) => mean)),
  ];
  if (sorted.length === 0) return null;
  return (
    <SectionView title="By label" note="mean response">
      <ul className={styles.list}>
        {(all ? sorted : sorted.slice(0, MOST)).map(({ classIndex, className, mean }) => (
          <li key={classIndex} className={styles.line}>
            <span className={styles.name} title={className}>
              {className === '' ? classIndex : className}
            </span>
            <span className={styles.track} aria-hidden>
              <span
                style={{
                  width: `${(100 * (mean - low)) / (high - low)}%`,
                  background: classColor(classIndex),
                }}
              />
            </span>
            <span className={styles.number}>{digits(mean, 3)}</span>
          </li>
        ))}
      </ul>
      {sorted.length > MOST && (
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
          {all ? `Show the strongest ${MOST}` : `Show all ${sorted.length} labels`}
        </Anchor>
      )}
    </SectionView>
  );
}
