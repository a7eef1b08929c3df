import type { MetadataBin } from '@noema/contracts/noema/datasets/v1/metadata_difference';
import { count, value } from '../../parts/numbers.js';
import styles from './bins.module.css';

const formatTitle = ({ value: text, low, high, selectedCount }: MetadataBin): string =>
  `${text === '' ? `${value(low)} to ${value(high)}` : text}: ${count(selectedCount)}`;

/** How the values of a column are spread: a small histogram, each bar with its values and count. */
export function BinsView({ name, bins }: { name: string; bins: readonly MetadataBin[] }) {
  const most = Math.max(1, ...bins.map(({ selectedCount }) => selectedCount));
  const commonest = bins.find(({ selectedCount }) => selectedCount === most);
  return (
    <svg
      viewBox={`0 0 ${bins.length} 1`}
      preserveAspectRatio="none"
      className={styles.bins}
      role="img"
      aria-label={`Histogram of ${name}; most in ${commonest === undefined ? 'none' : formatTitle(commonest)}`}
    >
      {bins.map((bin, at) => {
        const height = bin.selectedCount === 0 ? 0 : Math.max(0.04, bin.selectedCount / most);
        return (
          <g key={at}>
            <title>{formatTitle(bin)}</title>
            <rect x={at} width={1} y={0} height={1} fill="transparent" />
            <rect x={at + 0.05} width={0.9} y={1 - height} height={height} className={styles.bar} />
          </g>
        );
      })}
    </svg>
  );
}
