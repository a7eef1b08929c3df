import type { Scatterplot } from '@noema/scatterplot';
import { useEffect, useRef, useState } from 'react';
import { value as numberText } from '../../../parts/numbers.js';
import { ThumbnailView } from '../../../features/sample/thumbnail.view.js';
import { splitName } from '../../../parts/address/split.js';
import type { Column } from '../points/column.js';
import { findOwner } from '../points/placed-rows.js';
import { nameAt, numberAt, readAddress } from '../points/point-facts.js';
import { pointCache } from '../points/points.query.js';
import type { PointScope } from '../points/point-cache.js';
import { useRows } from '../points/sample-row.query.js';
import { SHEETS_UP_TO } from '../points/sheets.query.js';
import styles from '../style/population.module.css';

const PICTURE = 84;
const NO_ROWS: readonly number[] = [];

/** A point under the pointer, and where. */
export interface Pointed {
  readonly point: number;
  readonly x: number;
  readonly y: number;
}

/**
 * The sample under the pointer: its picture and known facts. It alone is drawn again when the pointer moves.
 */
export function HoverView({
  plot,
  scope,
  columns,
  onHover,
  picture,
  arePicturesFirst,
}: {
  plot: Scatterplot;
  scope: PointScope;
  columns: ReadonlyMap<string, Column>;
  onHover: (point: number) => void;
  /** The point whose picture on the map is under the pointer. */
  picture: Pointed | undefined;
  /** Whether a picture hides the dots below it; else it is looked at where there is no dot. */
  arePicturesFirst: boolean;
}) {
  const [dot, setDot] = useState<Pointed>();
  const at = arePicturesFirst ? (picture ?? dot) : (dot ?? picture);
  const box = useRef<HTMLDivElement>(null);
  useEffect(
    () =>
      plot.on('hover', ({ point, x, y }) => {
        setDot((before) => (point < 0 ? undefined : before?.point === point ? before : { point, x, y }));
      }),
    [plot],
  );
  const order = pointCache.findOrder(scope);
  const point = at?.point ?? -1;
  useEffect(() => {
    onHover(point);
  }, [onHover, point]);
  const row = at === undefined || order === undefined ? -1 : order.toRow(point);
  const owner = findOwner(scope, row);
  const known = readAddress(scope, point);
  // Of a large population no sheets are loaded ahead: the one picture is requested alone, by the id of its
  // row.
  const isAlone = order !== undefined && order.count > SHEETS_UP_TO;
  const asked = useRows(
    owner.datasetVersionId,
    isAlone && row >= 0 && known.sampleId === '' ? [owner.row] : NO_ROWS,
  );
  if (at === undefined || order === undefined) return null;
  const sample = asked.data?.[0]?.ref ?? known;
  const [label, prediction] = [
    nameAt(columns.get('true_class'), point),
    nameAt(columns.get('predicted_class'), point),
  ];
  const loss = numberAt(columns.get('loss'), point);
  const canvas = box.current?.parentElement;
  const [width, height] = [canvas?.clientWidth ?? 800, canvas?.clientHeight ?? 600];
  const right = at.x > width - 300;
  const low = at.y > height - 130;
  return (
    <div
      ref={box}
      className={styles.hover}
      data-testid="hover-preview"
      data-point={point}
      role="status"
      style={{
        transform:
          `translate(${right ? at.x - 14 : at.x + 14}px, ${low ? at.y - 14 : at.y + 14}px) ` +
          `translate(${right ? '-100%' : '0'}, ${low ? '-100%' : '0'})`,
      }}
    >
      <ThumbnailView
        datasetVersionId={owner.datasetVersionId}
        sample={sample}
        row={owner.row}
        size={PICTURE}
        alt=""
        scattered={isAlone}
      />
      <dl className={styles.facts}>
        {label !== undefined && (
          <>
            <dt>label</dt>
            <dd>{label}</dd>
          </>
        )}
        {prediction !== undefined && (
          <>
            <dt>predicted</dt>
            <dd
              style={
                label !== undefined && label !== prediction
                  ? { color: 'var(--mantine-color-red-text)', fontWeight: 600 }
                  : undefined
              }
            >
              {prediction}
            </dd>
          </>
        )}
        {owner.isPlaced ? (
          <>
            <dt>origin</dt>
            <dd>placed here</dd>
          </>
        ) : (
          loss !== undefined && (
            <>
              <dt>loss</dt>
              <dd>{Number.isNaN(loss) ? 'none' : numberText(loss)}</dd>
            </>
          )
        )}
        <dt>sample</dt>
        <dd>
          {sample.sampleId === '' ? `row ${owner.row}` : `${splitName(sample.split)} ${sample.sampleId}`}
        </dd>
      </dl>
    </div>
  );
}
