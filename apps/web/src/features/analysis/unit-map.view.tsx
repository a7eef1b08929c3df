import { useState } from 'react';
import styles from './strongest-units.module.css';

/**
 * Where a unit responds to the sample: its feature map, over the picture of the sample if there is one. The
 * largest responses are the brightest, the smallest leave the picture dark.
 */
export function UnitMapView({ url, picture }: { url: string; picture: string | undefined }) {
  const [ratio, setRatio] = useState(1);
  const [failed, setFailed] = useState<'map' | 'picture'>();
  if (failed === 'map')
    return (
      <span className={`${styles.map} ${styles.none}`} title="The feature map of this unit cannot be loaded.">
        map not loaded
      </span>
    );
  const hasPicture = picture !== undefined && failed !== 'picture';
  const isStrip = !hasPicture && ratio > 4;
  const side = isStrip
    ? { width: '100%', height: '100%' }
    : ratio >= 1
      ? { width: '100%' }
      : { height: '100%' };
  return (
    <span className={styles.map} data-strip={isStrip}>
      <span className={styles.layers} style={{ ...(isStrip ? {} : { aspectRatio: String(ratio) }), ...side }}>
        {hasPicture && (
          <img
            src={picture}
            alt=""
            decoding="async"
            className={styles.sample}
            onError={() => {
              setFailed('picture');
            }}
          />
        )}
        <img
          src={url}
          alt=""
          loading="lazy"
          decoding="async"
          className={hasPicture ? styles.over : styles.alone}
          onLoad={({ currentTarget }) => {
            setRatio(currentTarget.naturalWidth / Math.max(1, currentTarget.naturalHeight));
          }}
          onError={() => {
            setFailed('map');
          }}
        />
      </span>
    </span>
  );
}
