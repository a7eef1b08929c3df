import { Button } from '@mantine/core';
import { count as countText } from '../../../parts/numbers.js';
import styles from '../style/population.module.css';

export interface StatusProps {
  readonly shown: number;
  /** Of the shown ones, those that the search has found; `undefined` while nothing is searched for. */
  readonly found: number | undefined;
  readonly selected: number;
  readonly total: number;
  readonly onClear: () => void;
}

/** How many samples are shown, found and selected. */
export function StatusView({ shown, found, selected, total, onClear }: StatusProps) {
  return (
    <div className={styles.status} role="status" data-testid="population-status">
      <span>
        {countText(shown)} of {countText(total)} shown
      </span>
      {found !== undefined && (
        <>
          <span>·</span>
          <strong>{countText(found)} found</strong>
        </>
      )}
      {selected > 0 && (
        <>
          <span>·</span>
          <strong>{countText(selected)} selected</strong>
          <Button size="compact-xs" variant="subtle" onClick={onClear}>
            clear
          </Button>
        </>
      )}
    </div>
  );
}
