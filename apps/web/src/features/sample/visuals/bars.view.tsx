import type { BarsVisual } from '@noema/integration/visuals';
import { cellText } from '../cell-text.js';
import styles from './bars.module.css';

/** Horizontal bars from zero, with their numbers; bars of negative numbers go to the left. */
export function BarsView({ visual: { labels, values, unit } }: { visual: BarsVisual }) {
  const finite = values.filter(Number.isFinite);
  const low = Math.min(0, ...finite);
  const span = Math.max(0, ...finite) - low || 1;
  return (
    <table className={styles.bars}>
      <tbody>
        {labels.map((label, at) => {
          const value = values[at]!;
          const isKnown = Number.isFinite(value);
          const left = (100 * (Math.min(0, value) - low)) / span;
          return (
            <tr key={at}>
              <th scope="row" data-verbatim>
                {label}
              </th>
              <td className={styles.track}>
                {isKnown && (
                  <span
                    aria-hidden
                    className={value < 0 ? styles.below : styles.bar}
                    style={{ left: `${left}%`, width: `${(100 * Math.abs(value)) / span}%` }}
                  />
                )}
              </td>
              <td className={styles.number}>
                {cellText(isKnown ? value : null)}
                {isKnown && unit !== '' ? ` ${unit}` : ''}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
