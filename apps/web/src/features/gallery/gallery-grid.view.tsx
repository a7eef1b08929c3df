import { useElementSize, useMergedRef } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type MouseEvent,
  type RefObject,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { SampleAddress } from '../../parts/address/sample-key.js';
import { FaultView } from '../../parts/fault.view.js';
import { counted } from '../../parts/numbers.js';
import { useHeatMapLook } from '../analysis/heat-map-style.state.js';
import { useDatasetVersion } from '../sample/dataset-version.query.js';
import { isSmallPicture } from '../sample/visual-sheet.js';
import { ExplainSamplesView } from './explain-samples.view.js';
import { type GalleryRun, useGalleryDetails } from './gallery.query.js';
import { useTags } from './gallery-tags.query.js';
import { GalleryCellView } from './gallery-cell.view.js';
import { type GalleryItems, verdictFor } from './gallery-items.js';
import styles from './gallery.module.css';
import { isMarked, type Marks, markOnly, markRange, movedBy, toggleMark } from './marks.js';
import { MAX_SCROLL_PX, scrollScale } from './tall-list.js';

/** Padding, border and margin around a picture; below it the line of text. */
const CELL_EXTRA = 14;
const TEXT_PX = 18;
const LEFT_PX = 8;
/** Next to the margin of the last cell. */
const RIGHT_PX = 4;
const SPARE_LINES = 2;
/** Heights of the view that a scroll may cover in `PERIOD_MS` until pictures are left out. */
const FLYING_VIEWS = 2;
const PERIOD_MS = 150;

export interface GalleryGridProps {
  readonly projectId: string;
  /** Dataset version whose tags are shown. */
  readonly datasetVersionId: string;
  readonly items: GalleryItems;
  /** Says what the grid lists. */
  readonly label: string;
  /** Least size of the pictures in CSS pixels; they grow until they fill the line. */
  readonly size: number;
  readonly isScattered: boolean;
  readonly run: GalleryRun | undefined;
  readonly marks: Marks;
  readonly onMarks: (marks: Marks) => void;
  /** Called with an item; once more with its address, if that comes later. */
  readonly onOpen: (index: number, sample: SampleAddress | undefined) => void;
  /** Called with the item that the keys or the pointer are at; -1 for none. */
  readonly onActive?: ((index: number) => void) | undefined;
  /** Called with the last item in sight, for lists that load while they scroll. */
  readonly onReach?: ((index: number) => void) | undefined;
}

/**
 * Up to a million samples as a grid that draws the lines in sight. Click, Shift and Ctrl mark; arrows move, Space
 * marks, Enter or a double click opens.
 */
export function GalleryGridView({
  projectId,
  datasetVersionId,
  items,
  label,
  size: leastSize,
  isScattered,
  run,
  marks,
  onMarks,
  onOpen,
  onActive,
  onReach,
}: GalleryGridProps) {
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const { frame, width, height } = useFrame(scroller);
  const [active, setActive] = useState(-1);
  // A sample that was opened before its address has come.
  const [awaited, setAwaited] = useState(-1);
  const isFlying = useIsFlying(scroller);
  const room = width - LEFT_PX - RIGHT_PX;
  const columns = Math.max(1, Math.floor(room / (leastSize + CELL_EXTRA)));
  // The pictures share what would be left of a line.
  const size = width === 0 ? leastSize : Math.max(1, Math.floor(room / columns) - CELL_EXTRA);
  // Pixels that are too few for the pictures stand between them.
  const gap = columns > 1 ? Math.max(0, room - columns * (size + CELL_EXTRA)) / (columns - 1) : 0;
  const linePx = size + CELL_EXTRA + TEXT_PX;
  const lines = Math.ceil(items.count / columns);
  // Lines that exist at once; a line that leaves is used again for one that comes.
  const slots = Math.ceil(height / linePx) + 2 * SPARE_LINES + 2;
  const scale = scrollScale(lines * linePx, height);
  const top = useRef(0);
  const virtual = useVirtualizer({
    count: lines,
    getScrollElement: () => scroller.current,
    estimateSize: () => linePx,
    overscan: SPARE_LINES,
    // A list that is taller than an element can be moves by more than the scroll bar does.
    observeElementOffset: (instance, onOffset) => {
      const element = instance.scrollElement;
      if (element === null) return undefined;
      const follow = (): void => {
        top.current = element.scrollTop;
        onOffset(element.scrollTop * scale, true);
      };
      follow();
      element.addEventListener('scroll', follow, { passive: true });
      return () => {
        element.removeEventListener('scroll', follow);
      };
    },
    scrollToFn: (offset, _, instance) => {
      instance.scrollElement?.scrollTo({ top: offset / scale });
    },
  });
  useEffect(() => {
    virtual.measure();
  }, [virtual, linePx, columns]);
  // Another order starts at its beginning.
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
    setActive(-1);
    setAwaited(-1);
  }, [items.key]);
  const shown = virtual.getVirtualItems();
  const first = (shown[0]?.index ?? 0) * columns;
  const last = Math.min(items.count, ((shown.at(-1)?.index ?? -1) + 1) * columns);
  const details = useGalleryDetails(projectId, items, { first, last, enabled: !isFlying && width > 0 }, run);
  const tagsAt = useTags(datasetVersionId);
  const sight = virtual.range;
  const unexplained =
    run?.hasHeatMaps !== true || sight === null
      ? []
      : Array.from(
          {
            length: Math.max(
              0,
              Math.min(items.count, (sight.endIndex + 1) * columns) - sight.startIndex * columns,
            ),
          },
          (_, at) => items.itemAt(sight.startIndex * columns + at),
        ).filter(({ id: item, isEvaluated }) => isEvaluated && !details.heatMaps.has(item));
  const lacking = unexplained.flatMap(({ id: item }) => details.samples.get(item)?.ref ?? []);
  const [{ opacity, colors, raw }] = useHeatMapLook();
  const look = useMemo(() => ({ opacity, colors, raw }), [opacity, colors, raw]);
  const version = useDatasetVersion(items.count === 0 ? undefined : items.itemAt(0).datasetVersionId).data;
  const small = version !== undefined && isSmallPicture(version);
  useEffect(() => {
    onReach?.(last);
  }, [onReach, last]);
  const idAt = (index: number): number => items.itemAt(index).id;
  const open = (index: number): void => {
    const sample = details.samples.get(idAt(index))?.ref;
    onOpen(index, sample);
    setAwaited(sample === undefined ? index : -1);
  };
  const awaitedSample = awaited < 0 ? undefined : details.samples.get(idAt(awaited))?.ref;
  useEffect(() => {
    if (awaitedSample === undefined) return;
    setAwaited(-1);
    onOpen(awaited, awaitedSample);
  }, [awaited, awaitedSample, onOpen]);
  const go = (index: number): void => {
    setActive(index);
    onActive?.(index);
    virtual.scrollToIndex(Math.floor(index / columns), { align: 'auto' });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = Math.max(0, active);
    const next = movedBy(event.key, active < 0 && event.key.startsWith('Arrow') ? -1 : at, {
      count: items.count,
      columns,
      lines: Math.max(1, Math.floor(height / linePx)),
    });
    if (next !== undefined) {
      const to = active < 0 ? 0 : next;
      go(to);
      if (event.shiftKey) onMarks(markRange(marks.anchor < 0 ? { ...marks, anchor: at } : marks, to, idAt));
    } else if (event.key === ' ') onMarks(toggleMark(marks, at, idAt));
    else if (event.key === 'Enter') open(at);
    else if (event.key.toLowerCase() === 'a' && (event.ctrlKey || event.metaKey))
      onMarks(markRange({ ...marks, anchor: 0 }, items.count - 1, idAt));
    else return;
    event.preventDefault();
  };
  const findIndex = ({ target }: MouseEvent): number =>
    Number((target as HTMLElement).closest<HTMLElement>('[data-index]')?.dataset['index'] ?? -1);
  const onClick = (event: MouseEvent): void => {
    const index = findIndex(event);
    if (index < 0) return;
    setActive(index);
    setAwaited(-1);
    onActive?.(index);
    onMarks(
      event.shiftKey
        ? markRange(marks, index, idAt)
        : event.ctrlKey || event.metaKey
          ? toggleMark(marks, index, idAt)
          : markOnly(items.total, index, idAt),
    );
  };
  return (
    <>
      {details.error !== null && (
        <div style={{ padding: '0 10px' }}>
          <FaultView error={details.error} retry={details.retry} />
        </div>
      )}
      {run?.hasHeatMaps === true && (
        <ExplainSamplesView
          // Another epoch ends the analyses of this one.
          key={`${run.runId}/${run.epoch}`}
          run={{ projectId, runId: run.runId, epoch: run.epoch }}
          lacking={lacking}
          isLoading={details.areHeatMapsComing || lacking.length < unexplained.length}
        />
      )}
      <div
        ref={frame}
        role="grid"
        tabIndex={0}
        aria-label={label}
        aria-multiselectable
        aria-rowcount={lines}
        aria-colcount={columns}
        aria-activedescendant={active >= first && active < last ? `${id}-${active}` : undefined}
        aria-busy={width === 0}
        aria-description={counted(items.count, 'sample')}
        data-testid="gallery-grid"
        className={styles.grid}
        onKeyDown={onKeyDown}
        onClick={onClick}
        onDoubleClick={(event) => {
          const index = findIndex(event);
          if (index >= 0) open(index);
        }}
      >
        <div
          role="presentation"
          style={{ height: Math.min(lines * linePx, MAX_SCROLL_PX), position: 'relative' }}
        >
          {shown.map(({ index: line, start }) => (
            <div
              key={line % slots}
              role="row"
              aria-rowindex={line + 1}
              className={styles.line}
              style={{
                columnGap: gap,
                transform: `translateY(${scale === 1 ? start : start - top.current * (scale - 1)}px)`,
              }}
            >
              {Array.from({ length: Math.min(columns, items.count - line * columns) }, (_, column) => {
                const index = line * columns + column;
                const item = items.itemAt(index);
                const sample = details.samples.get(item.id);
                const known =
                  items.factsAt?.(index) ?? (sample === undefined ? undefined : items.readFacts?.(sample));
                const verdict = verdictFor(known, details.evaluations.get(item.id));
                return (
                  <GalleryCellView
                    key={column}
                    id={`${id}-${index}`}
                    index={index}
                    column={column}
                    datasetVersionId={item.datasetVersionId}
                    row={item.row}
                    size={size}
                    sample={sample?.ref}
                    verdict={verdict?.text ?? ''}
                    verdictFrame={verdict?.frame ?? 'none'}
                    note={known?.note}
                    tags={item.datasetVersionId === datasetVersionId ? tagsAt(item.row) : ''}
                    isMarked={isMarked(marks, item.id)}
                    isActive={index === active}
                    isFlying={isFlying}
                    isScattered={isScattered}
                    heatMap={details.heatMaps.get(item.id)}
                    heatMapStyle={look}
                    hasSmallPictures={small}
                  />
                );
              })}
            </div>
          ))}
        </div>
      </div>
    </>
  );
}

/** Width and height of an element, known before it is first painted; its pictures are requested from then on. */
function useFrame(element: RefObject<HTMLDivElement | null>) {
  const { ref, ...size } = useElementSize<HTMLDivElement>();
  const [first, setFirst] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const { offsetWidth: width = 0, offsetHeight: height = 0 } = element.current ?? {};
    setFirst({ width, height });
  }, [element]);
  return { frame: useMergedRef(ref, element), ...(size.width === 0 ? first : size) };
}

/** Whether an element scrolls too fast for a reader to see its content. */
function useIsFlying(scroller: RefObject<HTMLDivElement | null>): boolean {
  const [isFlying, setFlying] = useState(false);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    let [from, since] = [element.scrollTop, performance.now()];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const follow = (): void => {
      const now = performance.now();
      if (Math.abs(element.scrollTop - from) > FLYING_VIEWS * element.clientHeight) setFlying(true);
      if (now - since > PERIOD_MS) [from, since] = [element.scrollTop, now];
      clearTimeout(timer);
      timer = setTimeout(() => {
        [from, since] = [element.scrollTop, performance.now()];
        setFlying(false);
      }, PERIOD_MS);
    };
    element.addEventListener('scroll', follow, { passive: true });
    return () => {
      clearTimeout(timer);
      element.removeEventListener('scroll', follow);
    };
  }, [scroller]);
  return isFlying;
}
