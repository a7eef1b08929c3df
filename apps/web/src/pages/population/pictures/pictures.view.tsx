import { SegmentedControl } from '@mantine/core';
import type { Scatterplot } from '@noema/scatterplot';
import {
  type RefObject,
  useEffect,
  useEffectEvent,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useDatasetVersion } from '../../../features/sample/dataset-version.query.js';
import { ThumbnailView } from '../../../features/sample/thumbnail.view.js';
import { hasPictures, isBetterAlone, sheetUrl } from '../../../features/sample/visual-sheet.js';
import { count as countText, counted, value as numberText } from '../../../parts/numbers.js';
import { type ColorEncoding, colorAt } from '../encoding/color-encoding.js';
import { type BitMask, hasBit } from '../points/bit-mask.js';
import type { Column } from '../points/column.js';
import { findOwner } from '../points/placed-rows.js';
import { nameAt, numberAt } from '../points/point-facts.js';
import type { PointScope } from '../points/point-cache.js';
import { pointCache } from '../points/points.query.js';
import { useRows } from '../points/sample-row.query.js';
import { SHEETS_UP_TO } from '../points/sheets.query.js';
import {
  neighborByKey,
  onFewSheets,
  type PictureLimits,
  type Pictures,
  picturesAtDots,
  picturesOfCells,
  type PlacedPicture,
} from './placed-pictures.js';
import type { PictureMode } from './picture-mode.js';
import { usePictures } from './pictures.state.js';
import { Places } from './places.js';
import styles from './pictures.module.css';

/** Pictures that the browser decodes are small at dots; a text needs room. */
const LIMITS: Readonly<Record<'picture' | 'text', Readonly<Record<'dots' | 'cells', PictureLimits>>>> = {
  picture: {
    dots: { sizes: [34, 72], pictures: 60, inView: 500 },
    cells: { sizes: [56, 56], pictures: 150, inView: Infinity },
  },
  text: {
    dots: { sizes: [76, 96], pictures: 30, inView: 60 },
    cells: { sizes: [96, 96], pictures: 60, inView: Infinity },
  },
};
/** Sheets that a view may ask for of a population whose sheets are not loaded ahead. */
const MAX_SHEETS = 48;
const NO_ROWS: readonly number[] = [];

export interface PicturesProps {
  readonly plot: Scatterplot;
  readonly scope: PointScope;
  readonly columns: ReadonlyMap<string, Column>;
  readonly color: ColorEncoding | undefined;
  /** Shown points. */
  readonly visible: BitMask | undefined;
  /** Points that stand out, such as a selection: they alone have pictures at their dots. */
  readonly selected: BitMask | undefined;
  readonly mode: Exclude<PictureMode, 'none'>;
  readonly onMode: (mode: PictureMode) => void;
  /** Filled with what finds the point whose picture is at a place of the canvas; −1 for none. */
  readonly pictureAt: RefObject<(x: number, y: number) => number>;
  readonly onOpen: (point: number) => void;
}

/**
 * The samples' pictures on the map: at their dots where few are in view, or one for each cell of a grid. The
 * pointer goes through them to the map.
 */
export function PicturesView(props: PicturesProps) {
  const { plot, scope, columns, color, visible, selected, mode, onMode, pictureAt, onOpen } = props;
  const frame = useRef<HTMLDivElement>(null);
  const version = useDatasetVersion(scope.datasetVersionId).data;
  const [x, y, z, loss] = ['x', 'y', 'z', 'loss'].map((name) => {
    const column = columns.get(name);
    return column?.kind === 'number' ? column.values : undefined;
  });
  const order = pointCache.findOrder(scope);
  const isGrid = mode !== 'dots';
  const mask = isGrid ? visible : (selected ?? visible);
  const pictured = version !== undefined && hasPictures(version);
  const isLarge = order !== undefined && order.count > SHEETS_UP_TO;
  const isAlone = isLarge && version !== undefined && isBetterAlone(version);
  const choose = useMemo(() => {
    if (x === undefined || y === undefined || order === undefined || version?.visualizers.length === 0)
      return undefined;
    if (version === undefined || (mode === 'worst' && loss === undefined)) return undefined;
    const limits = LIMITS[pictured ? 'picture' : 'text'];
    return function* (): Generator<undefined, Pictures, void> {
      const canvas = frame.current?.parentElement;
      const size = { width: canvas?.clientWidth ?? 0, height: canvas?.clientHeight ?? 0 };
      const places = new Places(plot, { x, y, z });
      const found = isGrid
        ? yield* picturesOfCells(
            places,
            size,
            { mask, rank: mode === 'worst' ? loss : undefined },
            limits.cells,
          )
        : yield* picturesAtDots(places, size, { mask, rank: loss }, limits.dots);
      return !isLarge || isAlone || !pictured
        ? found
        : onFewSheets(
            found,
            (point) => {
              const { datasetVersionId, row } = findOwner(scope, order.toRow(point));
              return sheetUrl(datasetVersionId, row, 64);
            },
            MAX_SHEETS,
          );
    };
  }, [plot, scope, order, version, pictured, isLarge, isAlone, x, y, z, loss, mask, mode, isGrid]);
  const { size, pictures, of } = usePictures(plot, choose);
  const shown = order === undefined ? [] : pictures.filter(({ point }) => point < order.count);
  const owners = shown.map(({ point }) => findOwner(scope, order!.toRow(point)));
  const needsIds = isAlone || !pictured;
  const own = useRows(
    scope.datasetVersionId,
    useSame(needsIds ? owners.filter(({ isPlaced }) => !isPlaced).map(({ row }) => row) : NO_ROWS),
  ).data;
  const placed = useRows(
    scope.placed?.datasetVersionId ?? '',
    useSame(needsIds ? owners.filter(({ isPlaced }) => isPlaced).map(({ row }) => row) : NO_ROWS),
  ).data;
  const samples = useMemo(
    () => [own, placed].map((list) => new Map((list ?? []).map(({ row, ref }) => [row, ref]))),
    [own, placed],
  );
  const findPlace = ({ point, dx, dy }: PlacedPicture): { readonly x: number; readonly y: number } => {
    const at = plot.project({ x: x?.[point] ?? NaN, y: y?.[point] ?? NaN, z: z?.[point] ?? 0 });
    return { x: at.x + dx, y: at.y + dy };
  };
  const follow = useEffectEvent(() => {
    const items = frame.current?.children;
    shown.forEach((picture, at) => {
      const item = items?.[at] as HTMLElement | undefined;
      const place = findPlace(picture);
      if (item === undefined) return;
      item.style.visibility = Number.isFinite(place.x) ? 'visible' : 'hidden';
      item.style.transform = `translate(${place.x - size / 2}px, ${place.y - size / 2}px)`;
    });
  });
  useLayoutEffect(() => {
    follow();
  }, [pictures, x, y, z]);
  useEffect(
    () =>
      plot.on('frame', () => {
        follow();
      }),
    [plot],
  );
  const find = useEffectEvent((left: number, top: number): number => {
    const picture = shown.findLast((one) => {
      const place = findPlace(one);
      return Math.abs(place.x - left) <= size / 2 && Math.abs(place.y - top) <= size / 2;
    });
    return picture?.point ?? -1;
  });
  useEffect(() => {
    pictureAt.current = (left, top) => find(left, top);
    return () => {
      pictureAt.current = () => -1;
    };
  }, [pictureAt]);
  const id = useId();
  const [active, setActive] = useState(0);
  const activeAt = Math.min(active, shown.length - 1);
  const items = shown.map((picture, at) => {
    const { point } = picture;
    const owner = owners[at]!;
    const sample = samples[owner.isPlaced ? 1 : 0]?.get(owner.row) ?? UNKNOWN;
    return (
      <div
        key={point}
        id={`${id}-${point}`}
        className={styles.picture}
        data-testid="map-picture"
        data-point={point}
        data-faint={isGrid && selected !== undefined && !hasBit(selected, point) ? '' : undefined}
        data-active={isGrid && at === activeAt ? '' : undefined}
        style={{
          borderColor: color === undefined ? undefined : colorAt(color.palette, color.codes[point] ?? 255),
        }}
        {...(isGrid
          ? { role: 'option', 'aria-selected': at === activeAt, 'aria-label': describePoint(columns, point) }
          : {})}
      >
        <ThumbnailView
          datasetVersionId={owner.datasetVersionId}
          sample={sample}
          row={owner.row}
          size={Math.max(1, size - 6)}
          alt=""
          scattered={isLarge}
        />
      </div>
    );
  });
  return (
    <>
      {isGrid ? (
        <div
          ref={frame}
          className={styles.pictures}
          role="listbox"
          data-shortcuts
          tabIndex={0}
          aria-label={`Pictures of the map, ${MODE_TEXTS[mode]}`}
          aria-orientation="horizontal"
          aria-activedescendant={shown[activeAt] && `${id}-${shown[activeAt].point}`}
          onKeyDown={(event) => {
            const next = neighborByKey(shown, activeAt, event.key);
            const opened = event.key === 'Enter' ? shown[activeAt]?.point : undefined;
            if (next !== undefined) setActive(next);
            if (opened !== undefined) onOpen(opened);
            if (next === undefined && opened === undefined) return;
            event.preventDefault();
            event.stopPropagation();
          }}
        >
          {items}
        </div>
      ) : (
        <div ref={frame} className={styles.pictures} aria-hidden="true">
          {items}
        </div>
      )}
      {(isGrid || shown.length > 0) && (
        <div className={styles.note} data-testid="picture-note">
          <span role="status">
            {isGrid
              ? `${counted(shown.length, 'cell')}, one sample each:`
              : `${countText(shown.length)} of ${counted(of, 'sample')} in view as pictures`}
          </span>
          {isGrid && (
            <SegmentedControl
              size="xs"
              aria-label="Sample of a cell"
              value={mode}
              data={[
                { value: 'middle', label: 'nearest to its middle' },
                { value: 'worst', label: 'highest loss' },
              ]}
              onChange={(next) => {
                onMode(next === 'worst' ? 'worst' : 'middle');
              }}
            />
          )}
        </div>
      )}
    </>
  );
}

const UNKNOWN = { split: 0, sampleId: '' };
const MODE_TEXTS = {
  middle: 'of each cell the sample nearest to its middle',
  worst: 'of each cell the sample with the highest loss',
} as const;

/** Facts of a point for screen readers. */
function describePoint(columns: ReadonlyMap<string, Column>, point: number): string {
  const loss = numberAt(columns.get('loss'), point);
  const label = nameAt(columns.get('true_class'), point);
  const predicted = nameAt(columns.get('predicted_class'), point);
  const facts = [
    label === undefined ? undefined : `label ${label}`,
    predicted === undefined ? undefined : `predicted ${predicted}`,
    loss === undefined || Number.isNaN(loss) ? undefined : `loss ${numberText(loss)}`,
  ].filter((fact) => fact !== undefined);
  return facts.length === 0 ? `sample ${countText(point + 1)}` : facts.join(', ');
}

/** The same list for as long as its numbers are the same. */
function useSame(rows: readonly number[]): readonly number[] {
  const text = rows.join(' ');
  // The text says all of it.
  return useMemo(() => rows, [text]);
}
