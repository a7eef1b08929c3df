import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { Sample } from '@noema/contracts/noema/datasets/v1/sample';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { useMemo, useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { samples } from '../../api/clients.js';
import type { GalleryItems } from '../../features/gallery/gallery-items.js';
import { type GalleryExport, GalleryView } from '../../features/gallery/gallery.view.js';
import { isMarked, type Marks } from '../../features/gallery/marks.js';
import { sampleCsv, sampleIds } from '../../features/gallery/sample-export.js';
import { hasPictures } from '../../features/sample/visual-sheet.js';
import { links } from '../../parts/address/links.js';

/** Height of the gallery by the number of members, and its largest height. */
const HEIGHTS = [
  { most: 10, height: '240px' },
  { most: 24, height: '360px' },
] as const;
const HIGH = 'min(70dvh, 560px)';
/** Samples of a request. */
const PAGE = 500;
const SIZE = { size: undefined, onSize: () => undefined };
const ORDERS = [
  { value: 'insight', label: 'order of the insight' },
  { value: 'row', label: 'order of rows' },
];

/** The members of an insight as a gallery, in the order in which people should look at them. */
export function MembersView({
  run,
  version,
  epoch,
  rows,
  notes,
  title,
}: {
  run: Run;
  version: DatasetVersion;
  epoch: number;
  /** Rows in the order of the insight. */
  rows: Uint32Array;
  /** A short text below the picture of the member at a position, such as a suggested label. */
  notes: (position: number) => string | undefined;
  title: string;
}) {
  const navigate = useNavigate();
  const [{ order, isDescending }, setOrder] = useState({ order: 'insight', isDescending: false });
  const positions = useMemo(() => {
    const list = Uint32Array.from(rows, (_, at) => at);
    if (order === 'row') list.sort((a, b) => rows[a]! - rows[b]!);
    return isDescending ? list.reverse() : list;
  }, [rows, order, isDescending]);
  const items = useMemo(
    (): GalleryItems => ({
      key: `${title} ${order} ${isDescending}`,
      count: rows.length,
      isWhole: true,
      total: version.sampleCount,
      evaluatedTotal: version.sampleCount,
      itemAt: (index) => {
        const row = rows[positions[index]!]!;
        return { id: row, datasetVersionId: version.id, row, isEvaluated: true };
      },
      factsAt: (index) => ({ note: notes(positions[index]!) }),
    }),
    [rows, positions, notes, title, order, isDescending, version.id, version.sampleCount],
  );
  const shownRun = useMemo(() => ({ runId: run.id, epoch, hasEvaluations: true }), [run.id, epoch]);
  const onExport = async (kind: GalleryExport, marks: Marks | undefined): Promise<Blob> => {
    const listed = Array.from(positions, (at) => rows[at]!).filter(
      (row) => marks === undefined || isMarked(marks, row),
    );
    const pages = readPages(version.id, listed);
    if (kind === 'parquet')
      return (await import('../../features/gallery/sample-parquet.js')).sampleParquet(version, pages);
    const pieces: string[] = [];
    for await (const piece of kind === 'csv' ? sampleCsv(version, pages) : sampleIds(pages))
      pieces.push(piece);
    return new Blob(pieces, { type: kind === 'csv' ? 'text/csv;charset=utf-8' : 'text/plain;charset=utf-8' });
  };
  return (
    <div style={{ height: HEIGHTS.find(({ most }) => rows.length <= most)?.height ?? HIGH }}>
      <GalleryView
        projectId={run.projectId}
        datasetVersionId={version.id}
        items={items}
        label={`Members of the insight: ${title}`}
        listed={title}
        orders={ORDERS}
        order={order}
        isDescending={isDescending}
        onOrder={(next, falls) => {
          setOrder({ order: next, isDescending: falls });
        }}
        addressed={SIZE}
        isScattered
        run={shownRun}
        canOverlay={hasPictures(version)}
        title={title}
        onExport={onExport}
        onOpen={(_, sample) => {
          if (sample !== undefined) void navigate(links.sample(run.projectId, run.id, sample, { epoch }));
        }}
        empty="The insight has no members."
      />
    </div>
  );
}

/** The samples of rows in their order, some at a time. */
async function* readPages(
  datasetVersionId: string,
  rows: readonly number[],
): AsyncGenerator<readonly Sample[]> {
  for (let from = 0; from < rows.length; from += PAGE) {
    const chunk = rows.slice(from, from + PAGE);
    const page = await samples.listSamples({ datasetVersionId, rows: chunk, pageSize: PAGE });
    const byRow = new Map(page.samples.map((sample) => [sample.row, sample]));
    yield chunk.flatMap((row) => byRow.get(row) ?? []);
  }
}
