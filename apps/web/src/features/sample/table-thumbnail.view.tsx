import type { TableVisual } from '@noema/integration/visuals';
import { tableLines } from './table-thumbnail.js';
import styles from './thumbnail.module.css';

/** Size below which a name has no room next to its value. */
const MIN_NAMED_SIZE = 80;

/** The first rows of a table, one a line, as many as the thumbnail has; the title has all rows. */
export function TableThumbnailView({
  table,
  size,
  count,
}: {
  readonly table: TableVisual;
  /** Width in CSS pixels. */
  readonly size: number;
  /** Number of lines. */
  readonly count: number;
}) {
  const lines = tableLines(table);
  return (
    <div title={lines.map(({ name, value }) => `${name} ${value}`.trim()).join('\n')}>
      {lines.slice(0, count).map(({ name, value }, at) => (
        <div key={at} className={styles.row}>
          {size >= MIN_NAMED_SIZE && name !== '' && <span className={styles.rowName}>{name}</span>}
          <span className={styles.rowValue}>{value}</span>
        </div>
      ))}
    </div>
  );
}
