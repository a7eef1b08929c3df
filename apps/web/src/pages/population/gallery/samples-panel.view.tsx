import { Button } from '@mantine/core';
import { Task } from '@noema/contracts/noema/type/v1/task';
import { IconMapPin } from '@tabler/icons-react';
import { type ReactNode, useEffect, useMemo } from 'react';
import type { GalleryItems } from '../../../features/gallery/gallery-items.js';
import { type GalleryExport, GalleryView } from '../../../features/gallery/gallery.view.js';
import { isMarked, type Marks } from '../../../features/gallery/marks.js';
import { namesOneClass } from '../../../features/sample/outcome.js';
import { sampleKey } from '../../../parts/address/sample-key.js';
import { hasPictures } from '../../../features/sample/visual-sheet.js';
import { usePopulation } from '../model/population-context.js';
import { pointMask } from '../points/bit-mask.js';
import { groupColumns } from '../points/column-catalog.js';
import { readAddress } from '../points/point-facts.js';
import { pointCache, usePoints } from '../points/points.query.js';
import { SHEETS_UP_TO } from '../points/sheets.query.js';
import type { SAMPLE_LISTS } from '../state/population.state.js';
import { galleryItems } from './gallery-source.js';
import { useOrderedPoints } from './ordered-points.state.js';

const BY_ROW = 'row';
/** Samples above which the predictions of the samples in sight are requested and not the whole column. */
const COLUMNS_UP_TO = 200_000;
const LABELS = { shown: 'Samples shown', selected: 'Selected samples', similar: 'Similar samples' } as const;
const NO_POINTS = new Uint32Array();

/** The samples of the map that are shown, selected or similar, as a gallery. */
export function SamplesPanelView({
  list,
  children,
}: {
  readonly list: (typeof SAMPLE_LISTS)[number];
  readonly children?: ReactNode;
}) {
  const population = usePopulation();
  const { projectId, run, version, scope, order, options, known, hasClasses, state, set } = population;
  const { later, similar, select, openRow, onHover, isPlaced } = population;
  const isDescending = state.order.startsWith('-');
  const asked = isDescending ? state.order.slice(1) : state.order;
  const by = list === 'similar' ? BY_ROW : known.has(asked) ? asked : BY_ROW;
  const hasColumns = hasClasses && namesOneClass(run.task) && version.sampleCount <= COLUMNS_UP_TO;
  const sorting = useMemo(() => (by === BY_ROW ? [] : [by]), [by]);
  const verdicts = useMemo(
    () =>
      ['true_class', ...(hasColumns ? ['predicted_class'] : [])].filter(
        (name) => hasClasses && known.has(name),
      ),
    [hasClasses, hasColumns, known],
  );
  // The order is not kept waiting by what stands below the pictures.
  const column = usePoints(scope, sorting, scope !== undefined).columns.get(by);
  const { columns } = usePoints(scope, verdicts, scope !== undefined);
  const ordered = useOrderedPoints({
    // A list in the order of a column waits for it.
    order: list === 'similar' || (by !== BY_ROW && column === undefined) ? undefined : order,
    mask: list === 'selected' ? (later.selected ?? NOTHING) : later.within,
    column,
    isDescending,
  });
  const items = useMemo((): GalleryItems | undefined => {
    if (scope === undefined || order === undefined) return undefined;
    const found =
      list === 'similar'
        ? {
            points: similar.map((row) => order.toPoint(row)),
            key: `similar ${similar.join(' ')}`,
            isWhole: true,
          }
        : ordered;
    return found === undefined ? undefined : galleryItems(found, { scope, order, columns, column });
  }, [scope, order, list, similar, ordered, columns, column]);
  useEffect(
    () => () => {
      onHover(-1);
    },
    [onHover],
  );
  const runOfItems = useMemo(
    () => ({ runId: run.id, epoch: scope?.epoch ?? 0, hasEvaluations: !hasColumns }),
    [run.id, scope?.epoch, hasColumns],
  );
  const pointsOfMarks = (marks: Marks | undefined): Uint32Array => {
    if (items === undefined || order === undefined) return NO_POINTS;
    const points = new Uint32Array(items.count);
    let length = 0;
    for (let index = 0; index < items.count; index++) {
      const { id } = items.itemAt(index);
      if (marks === undefined || isMarked(marks, id)) points[length++] = order.toPoint(id);
    }
    return points.subarray(0, length);
  };
  const onExport = async (kind: GalleryExport, marks: Marks | undefined): Promise<Blob> => {
    const points = pointsOfMarks(marks);
    if (scope === undefined) return new Blob();
    if (kind === 'ids') {
      await pointCache.want(scope, ['sample_id', 'split']);
      const lines = Array.from(points, (point) => `${sampleKey(readAddress(scope, point))}\n`);
      return new Blob(lines, { type: 'text/plain;charset=utf-8' });
    }
    const { loadTable } = await import('../export/table-export.js');
    const table = await loadTable(scope, ['sample_id', ...options.map(({ name }) => name)]);
    if (kind === 'parquet') return (await import('../export/parquet-export.js')).exportPoints(table, points);
    const { writePointsCsv } = await import('../export/csv-export.js');
    return new Blob([...writePointsCsv(table, points)], { type: 'text/csv;charset=utf-8' });
  };
  const orders = useMemo(
    () => [
      ...groupColumns(list === 'similar' ? [] : options, [
        { value: BY_ROW, label: list === 'similar' ? 'nearest first' : 'order of rows' },
      ]),
    ],
    [options, list],
  );
  return (
    <GalleryView
      projectId={projectId}
      datasetVersionId={version.id}
      items={items}
      label={LABELS[list]}
      listed={list === 'similar' ? similar : list === 'selected' ? later.selected : later.within}
      orders={orders}
      order={by}
      isDescending={isDescending}
      onOrder={(next, falls) => {
        set({ order: `${falls ? '-' : ''}${next}` }, 'replace');
      }}
      addressed={{
        size: state.galleryPx,
        onSize: (galleryPx) => {
          set({ galleryPx }, 'replace');
        },
      }}
      isScattered={version.sampleCount > SHEETS_UP_TO && by !== BY_ROW}
      run={runOfItems}
      canOverlay={hasPictures(version) && run.task !== Task.REGRESSION && !isPlaced}
      title={population.title}
      onOpen={(index) => {
        openRow(items?.itemAt(index).id);
      }}
      onActive={(index) => {
        if (items !== undefined && order !== undefined && index >= 0)
          onHover(order.toPoint(items.itemAt(index).id));
      }}
      onExport={onExport}
      actions={(marks) =>
        marks.count > 0 && (
          <Button
            size="xs"
            px={10}
            fw={500}
            variant="default"
            leftSection={<IconMapPin size={14} />}
            onClick={() => {
              // Marks count also where the sort has not come to their samples yet.
              if (order !== undefined)
                select(pointMask(marks.bitmap, order.count, order.stride % order.count));
            }}
          >
            Select on the map
          </Button>
        )
      }
      empty={EMPTY[list]}
    >
      {children}
    </GalleryView>
  );
}

const NOTHING = new Uint8Array();
const EMPTY = {
  shown: 'No sample matches all filters. Remove one above the map.',
  selected: 'Draw a lasso around some dots, or open a slice.',
  similar: 'Open a sample and choose “Fetch similar”.',
} as const;
