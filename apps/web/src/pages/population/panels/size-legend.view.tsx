import { memo, useMemo } from 'react';
import type { Extent } from '../../../parts/scales/extent.js';
import { sizeMarks } from '../encoding/size-legend.js';
import type { Column } from '../points/column.js';
import { columnTitle } from '../points/column.js';
import styles from '../style/population.module.css';

/** Dots in the sizes of the map, with the values that they stand for; of the same height while it loads. */
export const SizeLegendView = memo(function SizeLegendView({
  column,
  range,
  domain,
}: {
  readonly column: Column | undefined;
  /** Diameters of the smallest and the largest dot in CSS pixels. */
  readonly range: readonly [number, number];
  readonly domain: Extent | undefined;
}) {
  const marks = useMemo(
    () => (column === undefined ? [] : sizeMarks(column, range, domain)),
    [column, range, domain],
  );
  return (
    <ul
      className={styles.sizes}
      aria-label={column === undefined ? 'Sizes' : `Sizes of ${columnTitle(column.name)}`}
    >
      {marks.map(({ text, diameter }) => (
        <li key={text}>
          <i style={{ width: diameter, height: diameter }} />
          {text}
        </li>
      ))}
    </ul>
  );
});
