import { Button } from '@mantine/core';
import { count as countText } from '../../../parts/numbers.js';
import styles from '../style/population.module.css';
import { usePopulation } from '../model/population-context.js';

/** How many samples are shown, found and selected. */
export function StatusView() {
  const { shownCount: shown, foundCount: found, selectedCount: selected, total, select } = usePopulation();
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
          <Button
            size="compact-xs"
            variant="subtle"
            onClick={() => {
              select(undefined);
            }}
          >
            clear
          </Button>
        </>
      )}
    </div>
  );
}
