import { notifications } from '@mantine/notifications';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { Sample } from '@noema/contracts/noema/datasets/v1/sample';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { formatField } from '@noema/kernel/filter-language';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { useNavigate } from 'react-router-dom';
import { samples } from '../../api/clients.js';
import { FaultView } from '../../parts/fault.view.js';
import { links } from '../../parts/address/links.js';
import { plainName } from '../../parts/plain-name.js';
import { type GalleryExport, GalleryView } from '../../features/gallery/gallery.view.js';
import type { AddressedSize } from '../../features/gallery/gallery-style.state.js';
import type { GalleryItems } from '../../features/gallery/gallery-items.js';
import { isMarked, type Marks } from '../../features/gallery/marks.js';
import { type Cell, cellText } from '../../features/sample/cell-text.js';
import { hasPictures } from '../../features/sample/visual-sheet.js';
import { sampleCsv, sampleIds } from '../../features/gallery/sample-export.js';

/** Samples of a request; filters and orders are followed page by page. */
const PAGE = 1_000;
/** Distance to the last loaded sample, in samples, at which the next page is requested. */
const AHEAD = 300;
/** Samples above which neighbours in a sorted list are rarely on one sheet of pictures. */
const SHEETS_UP_TO = 20_000;

/** The samples of a dataset version that match a filter, as a gallery; `order` is as ListSamples takes it. */
export function SampleGalleryView({
  version,
  run,
  filter,
  order,
  onOrder,
  addressed,
  height,
}: {
  version: DatasetVersion;
  run: Run | undefined;
  filter: string;
  order: string;
  onOrder: (order: string) => void;
  addressed: AddressedSize;
  /** In pixels. */
  height: number;
}) {
  const navigate = useNavigate();
  const isDescending = order.endsWith(' desc');
  const column = isDescending ? order.slice(0, -' desc'.length) : order;
  const isAll = filter === '' && (column === '' || column === 'row');
  const pages = useInfiniteQuery({
    queryKey: ['sample-rows', version.id, filter, order],
    initialPageParam: '',
    enabled: !isAll,
    staleTime: 600_000,
    queryFn: ({ signal, pageParam }) =>
      samples.listSamples(
        { datasetVersionId: version.id, filter, orderBy: order, pageSize: PAGE, pageToken: pageParam },
        { signal },
      ),
    getNextPageParam: ({ nextPageToken }) => (nextPageToken === '' ? undefined : nextPageToken),
  });
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  const rows = useMemo(
    () => data?.pages.flatMap((page) => page.samples.map(({ row }) => row)),
    [data?.pages],
  );
  const matchCount = data?.pages[0]?.totalSize;
  const items = useMemo((): GalleryItems | undefined => {
    const count = isAll ? version.sampleCount : rows?.length;
    if (count === undefined) return undefined;
    const name = version.metadataColumns.find((one) => formatField(`metadata.${one.name}`) === column)?.name;
    return {
      // More rows of one list are the same list.
      key: `${filter} by ${order}`,
      count,
      isWhole: isAll || !hasNextPage,
      matchCount: isAll ? undefined : matchCount,
      total: version.sampleCount,
      evaluatedTotal: version.sampleCount,
      itemAt: (index) => {
        const row = isAll ? (isDescending ? count - 1 - index : index) : rows![index]!;
        return { id: row, datasetVersionId: version.id, row, isEvaluated: true };
      },
      readFacts: ({ className, metadata }) => ({
        label: className === '' ? undefined : className,
        note: name === undefined ? undefined : cellText(metadata?.[name] as Cell | undefined),
      }),
    };
  }, [isAll, rows, matchCount, hasNextPage, version, filter, order, column, isDescending]);
  const onReach = useCallback(
    (index: number) => {
      if (rows !== undefined && index + AHEAD > rows.length && hasNextPage && !isFetchingNextPage)
        void fetchNextPage();
    },
    [rows, hasNextPage, isFetchingNextPage, fetchNextPage],
  );
  const runOfItems = useMemo(
    () => (run === undefined ? undefined : { runId: run.id, epoch: run.epochsDone, hasEvaluations: true }),
    [run],
  );
  const onExport = async (kind: GalleryExport, marks: Marks | undefined): Promise<Blob> => {
    const listed = readPages({ version, filter, order, marks });
    if (kind === 'parquet')
      return (await import('../../features/gallery/sample-parquet.js')).sampleParquet(version, listed);
    const pieces: string[] = [];
    for await (const piece of kind === 'csv' ? sampleCsv(version, listed) : sampleIds(listed))
      pieces.push(piece);
    return new Blob(pieces, { type: kind === 'csv' ? 'text/csv;charset=utf-8' : 'text/plain;charset=utf-8' });
  };
  if (pages.error !== null && data === undefined)
    return (
      <FaultView
        error={pages.error}
        retry={() => {
          void pages.refetch();
        }}
      />
    );
  return (
    <div style={{ height }}>
      <GalleryView
        projectId={version.projectId}
        datasetVersionId={version.id}
        items={items}
        label={`Samples of ${version.displayName}`}
        listed={filter}
        orders={[
          { value: 'row', label: 'order of rows' },
          { value: 'class_name', label: 'class' },
          ...version.metadataColumns.map(({ name }) => ({
            value: formatField(`metadata.${name}`),
            label: plainName(name),
          })),
        ]}
        order={column === '' ? 'row' : column}
        isDescending={isDescending}
        onOrder={(next, falls) => {
          onOrder(next === 'row' && !falls ? '' : `${next}${falls ? ' desc' : ''}`);
        }}
        addressed={addressed}
        isScattered={!isAll && version.sampleCount > SHEETS_UP_TO}
        run={runOfItems}
        canOverlay={run !== undefined && hasPictures(version)}
        title={version.displayName}
        onReach={onReach}
        onExport={onExport}
        onOpen={(_, sample) => {
          if (sample === undefined) return;
          if (run === undefined)
            notifications.show({
              message: 'A sample opens in a run. Train or evaluate a model on this dataset first.',
            });
          else void navigate(links.sample(version.projectId, run.id, sample));
        }}
        empty="No sample matches the filter."
      />
    </div>
  );
}

/** All samples that match, page by page; only the marked ones if some are marked. */
async function* readPages({
  version,
  filter,
  order,
  marks,
}: {
  readonly version: DatasetVersion;
  readonly filter: string;
  readonly order: string;
  readonly marks: Marks | undefined;
}): AsyncGenerator<readonly Sample[]> {
  for (let pageToken = ''; ; ) {
    const page = await samples.listSamples({
      datasetVersionId: version.id,
      filter,
      orderBy: order,
      pageSize: PAGE,
      pageToken,
    });
    yield marks === undefined ? page.samples : page.samples.filter(({ row }) => isMarked(marks, row));
    pageToken = page.nextPageToken;
    if (pageToken === '') return;
  }
}
