import { useInViewport } from '@mantine/hooks';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { links } from '../../parts/address/links.js';
import { MapSketchView } from './map-sketch.view.js';
import { useNewestMap } from './newest-map.query.js';
import styles from './run-map.module.css';

const SIZE = { width: 56, height: 40 };

/**
 * The newest map of a run as a small picture that leads to it. It is requested when its row comes into view,
 * and again only after another epoch.
 */
export function RunMapView({ run }: { run: Run }) {
  const { ref, inViewport } = useInViewport<HTMLSpanElement>();
  const [isWanted, setWanted] = useState(false);
  if (inViewport && !isWanted) setWanted(true);
  return (
    <Link
      className={styles.map}
      to={links.population(run.projectId, run.id)}
      aria-label={`Map of ${run.displayName}`}
      data-testid="run-map"
    >
      {/* Not on the link: it gives its ref a new function each time it is drawn, and would be drawn for ever. */}
      <span ref={ref}>{isWanted && <Sketch run={run} />}</span>
    </Link>
  );
}

function Sketch({ run }: { run: Run }) {
  const map = useNewestMap(run).data;
  if (map === undefined) return null;
  const none = <span className={styles.none}>map</span>;
  return map === null ? (
    none
  ) : (
    <MapSketchView explorationId={map.id} hasLoss={run.noLossReason === ''} failed={none} {...SIZE} />
  );
}
