import { Button } from '@mantine/core';
import { count as countText } from '../parts/numbers.js';
import styles from './population.module.css';

/** How many samples are shown and selected. */
export function StatusView({ shown, selected, total, onClear }: { shown: number; selected: number; total: number; onClear: () => void }) {
  return (
    <div className={styles.status} role="status" data-testid="population-status">
      <span>{countText(shown)} of {countText(total)} shown</span>
      {selected > 0 && <><span>·</span><strong>{countText(selected)} selected</strong><Button size="compact-xs" variant="subtle" onClick={onClear}>clear</Button></>}
    </div>
  );
}
