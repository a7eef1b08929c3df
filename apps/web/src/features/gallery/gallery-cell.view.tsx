import { memo, useState } from 'react';
import type { SampleAddress } from '../../parts/address/sample-key.js';
import { sampleKey } from '../../parts/address/sample-key.js';
import { HeatMapView } from '../analysis/heat-map.view.js';
import type { HeatMapStyle } from '../analysis/heat-map-style.state.js';
import { ThumbnailView } from '../sample/thumbnail.view.js';
import { visualUrl } from '../sample/visual-sheet.js';
import type { StoredHeatMap } from './gallery.query.js';
import type { GalleryVerdict } from './gallery-items.js';
import styles from './gallery.module.css';

/** Size below which there is no place for the value next to the verdict. */
const MIN_NOTE_SIZE = 80;
const UNKNOWN: SampleAddress = { split: 0, sampleId: '' };

export interface GalleryCellProps {
  readonly id: string;
  readonly index: number;
  /** Column in the grid, from 0. */
  readonly column: number;
  readonly datasetVersionId: string;
  readonly row: number;
  readonly size: number;
  /** `undefined` until its address has come. */
  readonly sample: SampleAddress | undefined;
  /** How the model did on it; empty until it is known. */
  readonly verdict: string;
  readonly verdictFrame: GalleryVerdict['frame'];
  readonly note: string | undefined;
  /** Names of its tags; empty for none. */
  readonly tags: string;
  readonly isMarked: boolean;
  readonly isActive: boolean;
  /** True while the grid moves faster than anybody can look: no picture is requested for what flies past. */
  readonly isFlying: boolean;
  /** Whether its neighbours in the grid come from anywhere in the population. */
  readonly isScattered: boolean;
  readonly heatMap: StoredHeatMap | undefined;
  readonly heatMapStyle: HeatMapStyle;
  readonly hasSmallPictures: boolean;
}

/** One sample of a gallery: its picture in a frame, how the model did on it, and the value it is sorted by. */
export const GalleryCellView = memo(function GalleryCellView({
  id,
  index,
  column,
  datasetVersionId,
  row,
  size,
  sample,
  verdict,
  verdictFrame,
  note,
  tags,
  isMarked,
  isActive,
  isFlying,
  isScattered,
  heatMap,
  heatMapStyle,
  hasSmallPictures,
}: GalleryCellProps) {
  // Cells are used again for other samples as the grid scrolls.
  const [wantedRow, setWantedRow] = useState(isFlying ? -1 : row);
  if (!isFlying && wantedRow !== row) setWantedRow(row);
  const isWanted = wantedRow === row;
  const name = sample === undefined ? `row ${row}` : sampleKey(sample);
  const isJudged = verdictFrame !== 'none';
  return (
    <div
      id={id}
      role="gridcell"
      aria-colindex={column + 1}
      aria-selected={isMarked}
      title={[name, verdict, note, tags === '' ? '' : `tagged ${tags}`]
        .filter((part) => part !== undefined && part !== '')
        .join(', ')}
      className={styles.cell}
      data-index={index}
      data-frame={verdictFrame}
      {...(isActive ? { 'data-active': '' } : {})}
    >
      {!isWanted ? (
        <div className={styles.blank} style={{ width: size, height: size }} />
      ) : heatMap !== undefined && sample !== undefined ? (
        <HeatMapView
          url={visualUrl(datasetVersionId, sample)}
          alt=""
          map={{
            analysisId: heatMap.analysisId,
            heatMapId: heatMap.map.id,
            dims: heatMap.map.dims,
            kind: 'analysis',
          }}
          signed={heatMap.map.signed}
          look={heatMapStyle}
          small={hasSmallPictures}
          size={size}
        />
      ) : (
        <ThumbnailView
          datasetVersionId={datasetVersionId}
          sample={sample ?? UNKNOWN}
          row={row}
          size={size}
          alt=""
          scattered={isScattered}
        />
      )}
      {tags !== '' && (
        <span className={styles.tags}>
          <span className="visually-hidden">tagged </span>
          {tags}
        </span>
      )}
      <span className={styles.text} style={{ width: size }}>
        <span className="visually-hidden">
          {name}
          {isJudged ? ', label ' : ', '}
        </span>
        <span className={styles.verdict}>{verdict}</span>
        {isJudged && <span className="visually-hidden">, {verdictFrame}</span>}
        {note !== undefined && size >= MIN_NOTE_SIZE && <span className={styles.note}> {note}</span>}
      </span>
    </div>
  );
});
