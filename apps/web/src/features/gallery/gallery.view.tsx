import {
  ActionIcon,
  Button,
  type ComboboxData,
  Group,
  Menu,
  Select,
  Slider,
  Switch,
  Text,
  Tooltip,
} from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDownload, IconPhotoOff, IconSortAscending, IconSortDescending } from '@tabler/icons-react';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { toFault } from '../../api/query-client.js';
import type { SampleAddress } from '../../parts/address/sample-key.js';
import { EmptyView } from '../../parts/empty.view.js';
import { count as countText, counted } from '../../parts/numbers.js';
import { useRights } from '../../parts/role.query.js';
import { saveFile } from '../../parts/save.js';
import { NewIssueView } from '../selection/new-issue.view.js';
import { SaveSubjectView } from '../selection/save-subject.view.js';
import { TagView } from '../selection/tag.view.js';
import type { GalleryRun } from './gallery.query.js';
import { GalleryGridView } from './gallery-grid.view.js';
import type { GalleryItems } from './gallery-items.js';
import { MAX_SIZE, MIN_SIZE } from './gallery-size.js';
import { type AddressedSize, useGallerySize } from './gallery-style.state.js';
import styles from './gallery.module.css';
import { gallerySubject, whyNotWhole } from './gallery-subject.js';
import { type Marks, noMarks } from './marks.js';

/** Formats of an export: a table of the samples with their columns, or their ids alone. */
export type GalleryExport = 'csv' | 'parquet' | 'ids';
const SUFFIXES = { csv: 'csv', parquet: 'parquet', ids: 'txt' } as const;

export interface GalleryProps {
  readonly projectId: string;
  /** Dataset version that slices belong to. */
  readonly datasetVersionId: string;
  /** `undefined` while the samples are put in order. */
  readonly items: GalleryItems | undefined;
  /** Says what the gallery lists, for a reader who does not see it. */
  readonly label: string;
  /** Elements before the controls, such as a choice of lists. */
  readonly children?: ReactNode;
  /** Changes when other samples are listed, which have no marks yet. */
  readonly listed: unknown;
  readonly orders: ComboboxData;
  /** Column that the samples are sorted by. */
  readonly order: string;
  readonly isDescending: boolean;
  readonly onOrder: (order: string, isDescending: boolean) => void;
  /** The size of the pictures in the address of the page. */
  readonly addressed: AddressedSize;
  readonly isScattered: boolean;
  readonly run: Omit<GalleryRun, 'hasHeatMaps'> | undefined;
  /** Whether heat maps of this data can be shown over its pictures. */
  readonly canOverlay: boolean;
  /** Actions of the page on the marked samples. */
  readonly actions?: (marks: Marks) => ReactNode;
  readonly onOpen: (index: number, sample: SampleAddress | undefined) => void;
  readonly onActive?: (index: number) => void;
  readonly onReach?: (index: number) => void;
  /** Creates the file of the marked samples, of all without marks. */
  readonly onExport: (kind: GalleryExport, marks: Marks | undefined) => Promise<Blob>;
  /** Title of exported files. */
  readonly title: string;
  /** Says what to do where there is no sample. */
  readonly empty: ReactNode;
}

/** Samples as a grid of pictures, with what can be done with them. */
export function GalleryView({
  projectId,
  datasetVersionId,
  items,
  label,
  children,
  listed,
  orders,
  order,
  isDescending,
  onOrder,
  addressed,
  isScattered,
  run,
  canOverlay,
  actions,
  onOpen,
  onActive,
  onReach,
  onExport,
  title,
  empty,
}: GalleryProps) {
  const [size, setSize] = useGallerySize(addressed);
  const [areHeatMapsShown, setHeatMapsShown] = useState(false);
  const total = items?.total ?? 0;
  const [marks, setMarks] = useState<Marks>(() => noMarks(total));
  const [isExporting, setExporting] = useState(false);
  const { noEdit } = useRights();
  // Marks belong to rows: another order keeps them, other samples do not.
  useEffect(() => {
    setMarks(noMarks(total));
  }, [total, label, listed]);
  const shownRun = useMemo(
    () => (run === undefined ? undefined : { ...run, hasHeatMaps: canOverlay && areHeatMapsShown }),
    [run, canOverlay, areHeatMapsShown],
  );
  const findSubject = () => gallerySubject(items!, marks);
  const exporting = (kind: GalleryExport) => (): void => {
    setExporting(true);
    onExport(kind, marks.count === 0 ? undefined : marks)
      .then(
        (blob) => {
          saveFile(`${title}.${SUFFIXES[kind]}`, blob);
        },
        (error: unknown) => {
          notifications.show({ color: 'red', title: 'The export failed', message: toFault(error).message });
        },
      )
      .finally(() => {
        setExporting(false);
      });
  };
  const isEmpty = items?.count === 0;
  const notWhole = items === undefined ? undefined : whyNotWhole(items);
  const isSorting = items === undefined || (!items.isWhole && items.matchCount === undefined);
  const listCount = (items?.isWhole === true ? items.count : items?.matchCount) ?? 0;
  return (
    <section className={styles.gallery} aria-label="Samples">
      <div className={styles.bar}>
        {children}
        <Text size="xs" c="dimmed" role="status" data-testid="gallery-count">
          {isSorting
            ? 'sorting …'
            : marks.count > 0
              ? `${countText(marks.count)} of ${counted(listCount, 'sample')} marked`
              : counted(listCount, 'sample')}
        </Text>
        <Group gap={4} wrap="nowrap">
          <Select
            size="xs"
            w={150}
            aria-label="Sort by"
            data={orders}
            value={order}
            allowDeselect={false}
            searchable
            onChange={(next) => {
              if (next !== null) onOrder(next, isDescending);
            }}
          />
          <Tooltip label={isDescending ? 'Highest first' : 'Lowest first'}>
            <ActionIcon
              size={30}
              variant="default"
              aria-label={isDescending ? 'Highest first' : 'Lowest first'}
              onClick={() => {
                onOrder(order, !isDescending);
              }}
            >
              {isDescending ? <IconSortDescending size={16} /> : <IconSortAscending size={16} />}
            </ActionIcon>
          </Tooltip>
        </Group>
        <Slider
          w={84}
          size="sm"
          min={MIN_SIZE}
          max={MAX_SIZE}
          step={8}
          value={size}
          onChange={setSize}
          label={(px) => `${px} px`}
          thumbLabel="Size of the pictures"
        />
        {canOverlay && (
          <Switch
            size="xs"
            label="Heat maps"
            checked={areHeatMapsShown}
            onChange={(event) => {
              setHeatMapsShown(event.currentTarget.checked);
            }}
          />
        )}
        <Group gap={6} ml="auto">
          {marks.count > 0 && (
            <Button
              size="xs"
              px={10}
              fw={500}
              variant="subtle"
              onClick={() => {
                setMarks(noMarks(total));
              }}
            >
              Unmark
            </Button>
          )}
          {actions?.(marks)}
          <TagView
            px={10}
            fw={500}
            variant="default"
            datasetVersionId={datasetVersionId}
            off={
              noEdit ??
              (marks.count === 0
                ? 'Mark samples first: click, Shift + click, Ctrl + click, or Space on the keyboard'
                : undefined)
            }
            findSubject={findSubject}
          />
          <NewIssueView
            px={10}
            fw={500}
            variant="default"
            projectId={projectId}
            datasetVersionId={datasetVersionId}
            off={noEdit ?? (marks.count === 0 ? 'Mark samples first, as for a tag' : undefined)}
            findSubject={findSubject}
          />
          <SaveSubjectView
            px={10}
            fw={500}
            variant="default"
            datasetVersionId={datasetVersionId}
            off={
              noEdit ??
              (items === undefined || isEmpty
                ? 'There is no sample to save'
                : marks.count === 0
                  ? notWhole
                  : undefined)
            }
            findSubject={findSubject}
          />
          <Menu position="bottom-end">
            <Menu.Target>
              <Button
                size="xs"
                px={10}
                fw={500}
                variant="default"
                loading={isExporting}
                disabled={isSorting || isEmpty}
                leftSection={<IconDownload size={14} />}
              >
                Export
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>{marks.count > 0 ? 'The marked samples' : 'All samples of the list'}</Menu.Label>
              <Menu.Item onClick={exporting('csv')}>CSV, with all columns</Menu.Item>
              <Menu.Item onClick={exporting('parquet')}>Parquet, with all columns</Menu.Item>
              <Menu.Item onClick={exporting('ids')}>Ids, one per line</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </Group>
      </div>
      {isEmpty ? (
        <EmptyView icon={<IconPhotoOff />} title="No samples to show">
          {empty}
        </EmptyView>
      ) : items === undefined ? (
        <div className={styles.grid} aria-busy="true" />
      ) : (
        <GalleryGridView
          projectId={projectId}
          datasetVersionId={datasetVersionId}
          items={items}
          label={label}
          size={size}
          isScattered={isScattered}
          run={shownRun}
          marks={marks.bitmap.length === Math.ceil(total / 8) ? marks : noMarks(total)}
          onMarks={setMarks}
          onOpen={onOpen}
          onActive={onActive}
          onReach={onReach}
        />
      )}
    </section>
  );
}
