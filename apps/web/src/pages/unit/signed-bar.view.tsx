import styles from './signed-bar.module.css';

/** A number of −1 to 1 as a bar from the middle: orange above 0, blue below. */
export function SignedBarView({ share, height = 8 }: { share: number; height?: number }) {
  const size = Math.min(1, Math.abs(share) || 0);
  return (
    <span className={styles.track} style={{ height }} aria-hidden>
      <span
        className={share < 0 ? styles.below : styles.above}
        style={{ width: `${50 * size}%`, [share < 0 ? 'right' : 'left']: '50%' }}
      />
    </span>
  );
}
