import { Text } from '@mantine/core';
import type { BinTick } from './bin-ticks.js';
import styles from './selection.module.css';

/** A bin of both groups: shares of the selection and of the rest, 0 to 1. */
export interface Pair {
  readonly label: string;
  readonly selected: number;
  readonly rest: number;
  readonly title: string;
}

/** Two histograms over the same bins, the selection before the rest, both as shares. */
export function PairedBarsView({
  pairs,
  height = 56,
  ticks,
  label,
}: {
  pairs: readonly Pair[];
  height?: number;
  ticks: readonly BinTick[];
  label: string;
}) {
  const most = Math.max(1e-9, ...pairs.flatMap(({ selected, rest }) => [selected, rest]));
  const scale = (share: number): number => (share <= 0 ? 0 : Math.max(0.02, share / most));
  return (
    <figure className={styles.figure} aria-label={label}>
      <svg
        viewBox={`0 0 ${pairs.length} 1`}
        preserveAspectRatio="none"
        width="100%"
        height={height}
        aria-hidden="true"
      >
        {pairs.map(({ selected, rest, title }, i) => (
          <g key={i}>
            <title>{title}</title>
            <rect x={i + 0.04} width={0.92} y={0} height={1} fill="transparent" />
            <rect
              x={i + 0.04}
              width={0.92}
              y={1 - scale(rest)}
              height={scale(rest)}
              className={styles.rest}
            />
            <rect
              x={i + 0.24}
              width={0.52}
              y={1 - scale(selected)}
              height={scale(selected)}
              className={styles.selected}
            />
          </g>
        ))}
      </svg>
      <div className={styles.ticks} aria-hidden="true">
        {ticks.map(({ share, text }) => (
          <span key={text} style={{ left: `${share * 100}%`, translate: `${-share * 100}%` }}>
            {text}
          </span>
        ))}
      </div>
    </figure>
  );
}

/** Rows of names with two bars each: the selection above the rest. */
export function NamedPairsView({ pairs, label }: { pairs: readonly Pair[]; label: string }) {
  const most = Math.max(1e-9, ...pairs.flatMap(({ selected, rest }) => [selected, rest]));
  return (
    <div className={styles.named} role="list" aria-label={label}>
      <div className={`${styles.pair} ${styles.pairHead}`} aria-hidden="true">
        <span />
        <span />
        <span>selected</span>
        <span>rest</span>
      </div>
      {pairs.map(({ label: name, selected, rest, title }) => (
        <div key={name} className={styles.pair} role="listitem" title={title}>
          <span className={styles.name}>{name}</span>
          <span className={styles.tracks}>
            <i className={styles.selectedBar} style={{ width: `${(selected / most) * 100}%` }} />
            <i className={styles.restBar} style={{ width: `${(rest / most) * 100}%` }} />
          </span>
          <span className={styles.share}>{Math.round(selected * 100)}%</span>
          <Text span size="xs" c="dimmed" className={styles.share}>
            {Math.round(rest * 100)}%
          </Text>
        </div>
      ))}
    </div>
  );
}
