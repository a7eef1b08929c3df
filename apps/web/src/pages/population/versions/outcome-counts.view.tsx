import type { MetricChange, Outcome } from '@noema/evaluation';
import { count, part } from '../../../parts/numbers.js';
import { CHANGES } from '../../../parts/scales/scales.js';
import { CHANGE, codeTitle } from '../points/column.js';
import styles from '../style/population.module.css';

/** How many samples changed how; each count leads to its samples. */
export function OutcomeCountsView({
  change: { n, counts },
  shown,
  onOpen,
}: {
  readonly change: MetricChange;
  /** Outcomes that the filter of the map lets through; undefined for all. */
  readonly shown: readonly (string | null)[] | undefined;
  readonly onOpen: (outcome: Outcome) => void;
}) {
  return (
    <div role="group" aria-label={`Changes of ${count(n)} samples`}>
      {(Object.entries(counts) as [Outcome, number][]).map(([outcome, number]) => (
        <button
          key={outcome}
          type="button"
          className={styles.entry}
          aria-pressed={shown?.includes(outcome)}
          title="Show these samples on the map and as pictures"
          onClick={() => {
            onOpen(outcome);
          }}
        >
          <span className={styles.swatch} style={{ background: CHANGES[outcome], color: CHANGES[outcome] }} />
          <span className={styles.name}>{codeTitle(CHANGE, outcome)}</span>
          <span className={styles.count}>
            {count(number)} · {part(n === 0 ? 0 : number / n)}
          </span>
        </button>
      ))}
    </div>
  );
}
