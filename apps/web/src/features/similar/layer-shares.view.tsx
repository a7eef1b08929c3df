import styles from './depth.module.css';
import { weightsSentence } from './weighting.js';

/** Layers up to which each has its name below its bar. */
const NAMED = 8;

/**
 * Which layers count how much, from the first to the last: a bar each, and the same in words for who hears
 * it.
 */
export function LayerSharesView({
  layers,
  weights,
}: {
  layers: readonly string[];
  weights: readonly number[];
}) {
  const most = Math.max(...weights, 0);
  const sentence = weightsSentence(layers, weights);
  return (
    <div
      className={styles.layers}
      role="img"
      aria-label={sentence}
      title={sentence}
      data-testid="layer-shares"
    >
      {layers.map((layer, at) => (
        <span key={layer} className={styles.layer}>
          <span className={styles.track}>
            <i style={{ height: `${most === 0 ? 0 : (100 * (weights[at] ?? 0)) / most}%` }} />
          </span>
          {layers.length <= NAMED && <span className={styles.name}>{layer}</span>}
        </span>
      ))}
    </div>
  );
}
