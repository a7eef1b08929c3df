import type { LabelCount } from './label-counts.js';
import { count } from '../../parts/numbers.js';
import styles from './label-counts.module.css';

const MOST = 8;

/** Labels of the results as bars; a click shows only samples with the label, another all again. */
export function LabelCountsView({
  counts,
  total,
  chosen,
  onChoose,
}: {
  counts: readonly LabelCount[];
  total: number;
  chosen: number | undefined;
  onChoose: (label: number | undefined) => void;
}) {
  return (
    <div className={styles.list} role="group" aria-label="Show only one label">
      {counts.slice(0, MOST).map(({ index, name, count: n, wrong }) => (
        <button
          key={index}
          type="button"
          className={styles.line}
          aria-pressed={index === chosen}
          onClick={() => {
            onChoose(index === chosen ? undefined : index);
          }}
        >
          <span className={styles.name} title={name}>
            {name}
          </span>
          <span className={styles.track}>
            <span
              className={styles.right}
              style={{ width: `${(100 * (n - wrong)) / Math.max(1, total)}%` }}
            />
            <span className={styles.wrong} style={{ width: `${(100 * wrong) / Math.max(1, total)}%` }} />
          </span>
          <span className={styles.number}>
            {count(n)}
            {wrong > 0 && <span className={styles.note}> {wrong} misclassified</span>}
          </span>
        </button>
      ))}
    </div>
  );
}
